package org.eider.discovery;

import java.io.IOException;
import java.security.SecureRandom;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.eider.mdns.MdnsResponder;
import org.eider.mdns.MdnsService;

/**
 * Announces services by DNS-SD over Multicast DNS, each on its interface, with the address of the offer. A join proxy for CoAPS is announced
 * under both names that documents have for it.
 */
public final class MdnsHerald implements Herald {
  private static final int MDNS = 5353;
  private static final int LONGEST = 40;

  private final MdnsResponder responder;

  private MdnsHerald(MdnsResponder responder) {
    this.responder = responder;
  }

  /**
   * Listens, with nothing to tell yet.
   *
   * @param instanceName what instances are called, for people; at most {@value #LONGEST} octets of it are used, and a random part that makes it
   *     unique is put behind it
   * @throws IOException when an interface is not there, or port 5353 is taken by a program that does not share it
   */
  public static MdnsHerald start(List<String> interfaces, String instanceName) throws IOException {
    return start(interfaces, instanceName, MDNS);
  }

  static MdnsHerald start(List<String> interfaces, String instanceName, int port) throws IOException {
    return start(interfaces, instanceName, port, new SecureRandom());
  }

  static MdnsHerald start(List<String> interfaces, String instanceName, int port, RandomGenerator random) throws IOException {
    String name = instanceName.replaceAll("[^A-Za-z0-9-]", "-");
    String instance = String.format(Locale.ROOT, "%s-%06x", name.substring(0, Math.min(LONGEST, name.length())), random.nextInt(1 << 24));
    return new MdnsHerald(MdnsResponder.start(interfaces, instance, port, System::nanoTime, random));
  }

  @Override
  public void tell(Set<Offer> offers) {
    responder.announce(offers.stream().flatMap(MdnsHerald::services).toList());
  }

  @Override
  public void close() {
    responder.close();
  }

  private static Stream<MdnsService> services(Offer offer) {
    return MdnsNames.types(offer.service()).stream().map(type ->
        new MdnsService(type, offer.interfaceName(), offer.address(), offer.port(), List.of(MdnsNames.variation(offer.service()))));
  }
}
