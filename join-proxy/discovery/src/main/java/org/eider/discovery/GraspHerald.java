package org.eider.discovery;

import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.eider.grasp.DomainNode;
import org.eider.grasp.DullNode;
import org.eider.grasp.Message;

/**
 * Floods offers by GRASP: those of proxies on insecure links, or those of registrars in the domain. Offers of the other sort, of other
 * interfaces and with addresses that are of no use there are left out, so that the same set may be told to several heralds. GRASP has no
 * good-bye: what is withdrawn is believed until its time is over.
 */
public final class GraspHerald implements Herald {
  /** The same offers make the same flood, in whatever order they come. */
  private static final Comparator<Offer> ORDER =
      Comparator.comparing(Offer::service).thenComparing(offer -> offer.address().getHostAddress()).thenComparing(Offer::port);

  private final List<Runnable> closings = new ArrayList<>();
  private final Map<String, DullNode> links = new LinkedHashMap<>();
  private final Consumer<Set<Offer>> teller;

  private GraspHerald(List<String> interfaces, DullNode.Settings settings) throws IOException {
    this.teller = this::tellLinks;
    try {
      for (String name : interfaces) {
        DullNode node = DullNode.open(name, settings, Set.of(), flooded -> { });
        closings.add(node::close);
        links.put(name, node);
      }
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  private GraspHerald(GraspDomain config) throws IOException {
    DomainNode node = DomainNode.open(config.settings(), Set.of(), flooded -> { });
    closings.add(node::close);
    this.teller = offers -> node.tell(entries(offers.stream().filter(GraspHerald::isForDomain).toList()));
  }

  /**
   * Tells of proxies on insecure links, one instance of GRASP for each.
   *
   * @throws IOException when there is no such interface, or the port is taken
   */
  public static GraspHerald dull(List<String> interfaces) throws IOException {
    return dull(interfaces, DullNode.Settings.STANDARD);
  }

  /** The same with other settings, for instance another port in tests, or another period. */
  public static GraspHerald dull(List<String> interfaces, DullNode.Settings settings) throws IOException {
    return new GraspHerald(interfaces, settings);
  }

  /**
   * Tells of registrars in the domain.
   *
   * @throws IOException when an interface is not there, or a port is taken
   */
  public static GraspHerald domain(GraspDomain config) throws IOException {
    return new GraspHerald(config);
  }

  @Override
  public void tell(Set<Offer> offers) {
    teller.accept(Set.copyOf(offers));
  }

  @Override
  public void close() {
    closings.forEach(Runnable::run);
  }

  private void tellLinks(Set<Offer> offers) {
    links.forEach((name, node) ->
        node.tell(entries(offers.stream().filter(offer -> offer.interfaceName().equals(name) && isForLink(offer)).toList())));
  }

  private static boolean isForLink(Offer offer) {
    InetAddress address = offer.address();
    return !offer.service().isRegistrar() && (address.isLinkLocalAddress() || address.isLoopbackAddress());
  }

  private static boolean isForDomain(Offer offer) {
    return offer.service().isRegistrar() && !offer.address().isLinkLocalAddress();
  }

  private static List<Message.Flood.Entry> entries(Collection<Offer> offers) {
    return offers.stream().sorted(ORDER).map(GraspTable::entry).distinct().toList();
  }
}
