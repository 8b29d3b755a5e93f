package org.eider.mdns;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.LongSupplier;
import org.eider.wire.Octets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread that reads datagrams on some interfaces for a {@link LinkGuest}, and looks every {@value #LOOK_SECONDS} seconds whether they
 * are still there with the addresses that they had: one that went away and came back is opened anew.
 */
public final class LinkLoop implements AutoCloseable {
  /** How often interfaces are looked at, in seconds. */
  public static final int LOOK_SECONDS = 2;

  private static final Logger LOG = LoggerFactory.getLogger(LinkLoop.class);
  private static final long LOOK = Duration.ofSeconds(LOOK_SECONDS).toNanos();
  private static final long CLOSE_MILLIS = 3000;
  private static final Path DEVICES = Path.of("/proc/self/net/dev");
  private static final int LARGEST = 9000;
  private static final int AT_A_TIME = 64;

  private final List<String> interfaces;
  private final LinkGuest guest;
  private final LongSupplier nanos;
  private final Selector selector = Selector.open();
  private final ByteBuffer buffer = ByteBuffer.allocate(LARGEST + 1);
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final Map<String, Link> links = new HashMap<>();
  private final Thread thread;
  private volatile boolean closing;

  /** What is open on an interface, and what it was like then. */
  private record Link(int index, Set<InetAddress> addresses, List<LinkPort> ports) {}

  private LinkLoop(String name, List<String> interfaces, LinkGuest guest, LongSupplier nanos) throws IOException {
    this.interfaces = List.copyOf(interfaces);
    this.guest = guest;
    this.nanos = nanos;
    this.thread = new Thread(this::run, name);
    this.thread.setDaemon(true);
  }

  /**
   * Opens all interfaces and begins.
   *
   * @throws IOException when an interface is not there or a port is taken; one that is there and down is waited for
   */
  public static LinkLoop start(String name, List<String> interfaces, LinkGuest guest, LongSupplier nanos) throws IOException {
    if (interfaces.isEmpty()) {
      throw new IOException("no network interface is named");
    }
    LinkLoop loop = new LinkLoop(name, interfaces, guest, nanos);
    try {
      for (String each : loop.interfaces) {
        loop.begin(each);
      }
    } catch (IOException e) {
      loop.closePorts();
      throw e;
    }
    loop.thread.start();
    return loop;
  }

  /** Has something done on the thread of the loop, then a tick. Not done any more once this is closed. */
  public void execute(Runnable task) {
    tasks.add(task);
    selector.wakeup();
  }

  /** Ends the thread; returns once the guest has said good-bye. */
  @Override
  public void close() {
    closing = true;
    selector.wakeup();
    try {
      thread.join(CLOSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Java knows no interface without an address, the system does. */
  private void begin(String name) throws IOException {
    Optional<NetworkInterface> link = Optional.ofNullable(NetworkInterface.getByName(name));
    if (link.isPresent()) {
      open(name, link.get());
    } else if (!isKnown(name)) {
      throw new IOException("there is no network interface " + name);
    }
  }

  /** In /proc, which tells of the network namespace of who asks; /sys tells of who mounted it. */
  private static boolean isKnown(String name) throws IOException {
    return Files.exists(DEVICES) && Files.readAllLines(DEVICES).stream().anyMatch(line -> line.strip().startsWith(name + ":"));
  }

  private void run() {
    long look = nanos.getAsLong() + LOOK;
    while (!closing) {
      try {
        long now = nanos.getAsLong();
        if (now - look >= 0) {
          lookAtInterfaces();
          look = now + LOOK;
        }
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
          task.run();
        }
        long wait = Math.min(guest.tick(), look - nanos.getAsLong());
        selector.select(this::read, Math.max(1, wait / 1_000_000));
      } catch (IOException e) {
        LOG.error("{} ends", thread.getName(), e);
        closing = true;
      } catch (RuntimeException e) {
        LOG.error("{} goes on after an error of its own", thread.getName(), e);
      }
    }
    guest.ending();
    closePorts();
  }

  private void read(SelectionKey key) {
    LinkPort port = (LinkPort) key.attachment();
    try {
      for (int i = 0; i < AT_A_TIME && key.isValid(); i++) {
        buffer.clear();
        InetSocketAddress source = (InetSocketAddress) port.channel().receive(buffer);
        if (source == null) {
          return;
        }
        if (buffer.position() <= LARGEST && source.getPort() != 0) {
          byte[] datagram = new byte[buffer.flip().remaining()];
          buffer.get(datagram);
          guest.received(port, source, Octets.of(datagram));
        }
      }
    } catch (IOException e) {
      LOG.debug("{} cannot read on {}: {}", thread.getName(), port.link().getName(), e.getMessage());
    }
  }

  private void lookAtInterfaces() {
    for (String name : interfaces) {
      try {
        Optional<NetworkInterface> now = Optional.ofNullable(NetworkInterface.getByName(name)).filter(LinkLoop::isReady);
        Link before = links.get(name);
        boolean isSame = before != null && now.isPresent() && now.get().getIndex() == before.index && addresses(now.get()).equals(before.addresses);
        if (before != null && !isSame) {
          LOG.info("{} on {}: the interface has changed or gone", thread.getName(), name);
          links.remove(name);
          close(before.ports);
          guest.down(name);
        }
        if (now.isPresent() && !isSame) {
          open(name, now.get());
        }
      } catch (IOException e) {
        LOG.debug("{} is not ready: {}", name, e.getMessage());
      }
    }
  }

  private void open(String name, NetworkInterface link) throws IOException {
    if (!isReady(link)) {
      return;
    }
    List<LinkPort> ports = new ArrayList<>();
    try {
      guest.open(link, ports);
    } catch (IOException e) {
      close(ports);
      if (String.valueOf(e.getMessage()).contains("assign")) { // EADDRNOTAVAIL: duplicate address detection takes its time
        LOG.debug("an address of {} cannot be used yet", name);
        return;
      }
      throw new IOException("cannot open a port on " + name + ": " + e.getMessage(), e);
    }
    for (LinkPort port : ports) {
      port.channel().register(selector, SelectionKey.OP_READ, port);
    }
    links.put(name, new Link(link.getIndex(), addresses(link), ports));
    guest.up(name, ports);
  }

  private static boolean isReady(NetworkInterface link) {
    try {
      return link.isUp() && link.getInetAddresses().hasMoreElements();
    } catch (SocketException gone) {
      LOG.debug("{} cannot be looked at: {}", link.getName(), gone.getMessage());
      return false;
    }
  }

  private static Set<InetAddress> addresses(NetworkInterface link) {
    return new HashSet<>(Collections.list(link.getInetAddresses()));
  }

  private void closePorts() {
    List<LinkPort> all = new ArrayList<>();
    links.values().forEach(link -> all.addAll(link.ports));
    close(all);
    try {
      selector.close();
    } catch (IOException e) {
      LOG.debug("cannot close the selector: {}", e.getMessage());
    }
  }

  private static void close(List<LinkPort> ports) {
    for (LinkPort port : ports) {
      try {
        port.close();
      } catch (IOException e) {
        LOG.debug("cannot close a port on {}: {}", port.link().getName(), e.getMessage());
      }
    }
  }
}
