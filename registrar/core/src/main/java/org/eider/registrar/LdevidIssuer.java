package org.eider.registrar;

import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.eider.pki.LdevidTemplate;

/**
 * A certification authority that signs what an enrolment service has already decided. It applies no policy of its own beyond
 * its lifetime, may be in this process or far away, and blocks.
 */
public interface LdevidIssuer {
  /** Issuing CA first, then what certifies it, root last; at least one certificate. */
  List<X509Certificate> chain();

  /**
   * Issues one certificate. It is recorded for its device, together with what {@code facts} says about it, all or nothing, before this
   * returns.
   *
   * @param still whether the device still is what was decided on; asked when the certificate is recorded, as by
   *     {@link DeviceLedger#append(List, DeviceId, Predicate)}
   * @param facts of that device; asked once for each certificate that is signed, of which all but the last are thrown away
   * @return empty, and nothing recorded, when it is not
   * @throws IOException when the certificate could not be made or recorded, with a {@link StoreException} as the cause when it was the
   *     store that failed; nothing was handed out, and the caller may try again
   */
  Optional<X509Certificate> issue(LdevidTemplate template, DeviceId device, Predicate<Optional<Device>> still,
      Function<X509Certificate, List<? extends Fact>> facts) throws IOException;
}
