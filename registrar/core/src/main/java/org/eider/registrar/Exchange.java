package org.eider.registrar;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eider.est.ClientSession;
import org.eider.est.Notes;
import org.eider.voucher.Verified;
import org.eider.voucher.VoucherArtifact;
import org.eider.voucher.VoucherFormat;
import org.eider.voucher.VoucherRequest;

/** One request on its way through the steps, and who it turned out to be from. Used by one thread. */
final class Exchange {
  final ClientSession session;
  final VoucherArtifact artifact;
  final List<VoucherFormat> accepted;
  final ExchangeLine line;
  Optional<Idevids.Proven> pledge = Optional.empty();
  Verdict admission = new Verdict(Rule.UNKNOWN_MANUFACTURER, Disposition.DENY, "nothing was judged yet");
  boolean recorded;

  Exchange(ClientSession session, VoucherArtifact artifact, List<VoucherFormat> accepted, ExchangeLine line) {
    this.session = session;
    this.artifact = artifact;
    this.accepted = List.copyOf(accepted);
    this.line = line;
  }

  /** The same with a line of its own, since its request may be answered before it is over. */
  Exchange apart() {
    Exchange apart = new Exchange(session, artifact, accepted, new ExchangeLine(new Notes()));
    apart.pledge = pledge;
    apart.admission = admission;
    return apart;
  }

  void provenAs(Idevids.Proven proven) {
    pledge = Optional.of(proven);
    line.device(proven.device());
  }

  /**
   * Whose device it is. The client's chain, then whatever else the request carried, are all only candidates for a path.
   *
   * @throws Stopped when it is none that the registrar can tell
   */
  Idevids.Proven identify(Idevids idevids, Verified<VoucherRequest> request, Instant now) throws Stopped {
    List<X509Certificate> all = new ArrayList<>(session.clientChain());
    all.addAll(request.signerChain());
    return idevids.identify(all, now);
  }
}
