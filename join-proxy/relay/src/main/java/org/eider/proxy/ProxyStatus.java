package org.eider.proxy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.eider.discovery.Offer;

/**
 * What a running join proxy says of itself, as plain maps and lists.
 *
 * @param circuits how many are open
 * @param flows how many there are
 * @param uplink the registrar of the stateless mode
 * @param validUntil the end of the own certificate
 * @param wantsCertificate whether it is to have one
 */
record ProxyStatus(LongSupplier nanos, long since, Supplier<List<JoinPort>> ports, Supplier<Set<Offer>> announced, Registrars registrars,
    Tally tally, IntSupplier circuits, IntSupplier flows, Supplier<Optional<java.net.InetSocketAddress>> uplink,
    Supplier<Optional<Instant>> validUntil, boolean wantsCertificate) {

  Map<String, Object> map() {
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("seconds", (nanos.getAsLong() - since) / 1_000_000_000L);
    status.put("certificate", validUntil.get().map(until -> "until " + until).orElse(wantsCertificate ? "not yet" : "none"));
    status.put("join-ports", ports.get().stream().map(this::port).toList());
    status.put("registrars", known());
    status.put("open", Map.of("circuits", circuits.getAsInt(), "flows", flows.getAsInt()));
    Map<String, Object> relayed = new LinkedHashMap<>();
    for (Tally.Relayed kind : Tally.Relayed.values()) {
      relayed.put(kind.label(), tally.count(kind));
    }
    status.put("relayed", relayed);
    Map<String, Object> refused = new LinkedHashMap<>();
    for (Refusal why : Refusal.values()) {
      if (tally.count(why) > 0) {
        refused.put(why.label(), tally.count(why));
      }
    }
    status.put("refused", refused);
    return status;
  }

  private Map<String, Object> port(JoinPort port) {
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("address", port.toString());
    shown.put("mode", port.mode().label());
    shown.put("interface", port.interfaceName());
    shown.put("port", port.address().getPort());
    shown.put("announced", announced.get().contains(port.offer()));
    return shown;
  }

  private List<Map<String, Object>> known() {
    List<Map<String, Object>> all = new ArrayList<>();
    for (Registrars.View view : registrars.views()) {
      Map<String, Object> shown = new LinkedHashMap<>();
      Mode mode = Mode.needing(view.service());
      shown.put("mode", mode.label());
      shown.put("address", Place.text(view.address()));
      shown.put("by", view.source());
      shown.put("interface", view.interfaceName());
      shown.put("priority", view.priority());
      shown.put("weight", view.weight());
      view.lifetime().ifPresent(left -> shown.put("believed-seconds", left.toSeconds()));
      shown.put("failing", view.isFailing());
      shown.put("chosen", mode == Mode.STATELESS ? uplink.get().filter(view.address()::equals).isPresent()
          : registrars.best(view.service()).contains(view.address()));
      all.add(shown);
    }
    return all;
  }
}
