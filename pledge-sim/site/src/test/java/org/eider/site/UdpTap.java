package org.eider.site;

import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.eider.testkit.Datagrams;

/**
 * A wire with an ear: passes datagrams of clients on to a server and back, and writes all of them to a file in pcap format, as if they
 * were between the client and the tap's own port. The file is whole when it is closed.
 */
final class UdpTap implements AutoCloseable {
  private static final int IP_PROTOCOL_UDP = 17;
  private static final int LINKTYPE_IPV4 = 228;
  private static final int IP_AND_UDP = 28;

  private final DatagramSocket front;
  private final InetSocketAddress server;
  private final DataOutputStream file;
  private final Map<InetSocketAddress, DatagramSocket> backs = new HashMap<>();
  private long packets;

  private UdpTap(DatagramSocket front, InetSocketAddress server, DataOutputStream file) {
    this.front = front;
    this.server = server;
    this.file = file;
  }

  static UdpTap before(int port, Path file) throws IOException {
    OutputStream out = Files.newOutputStream(file);
    DataOutputStream data = new DataOutputStream(out);
    data.write(ByteBuffer.allocate(24).putInt(0xa1b2c3d4).putShort((short) 2).putShort((short) 4).putInt(0).putInt(0).putInt(65535)
        .putInt(LINKTYPE_IPV4).array());
    InetAddress loopback = InetAddress.getByName("127.0.0.1");
    UdpTap tap = new UdpTap(new DatagramSocket(0, loopback), new InetSocketAddress(loopback, port), data);
    Datagrams.forever("tap", tap::forward);
    return tap;
  }

  int port() {
    return front.getLocalPort();
  }

  synchronized long packets() {
    return packets;
  }

  @Override
  public synchronized void close() throws IOException {
    front.close();
    backs.values().forEach(DatagramSocket::close);
    file.close();
  }

  private void forward() throws IOException {
    DatagramPacket packet = Datagrams.next(front);
    InetSocketAddress client = (InetSocketAddress) packet.getSocketAddress();
    DatagramSocket back = backOf(client);
    write(client.getPort(), port(), packet);
    back.send(new DatagramPacket(packet.getData(), packet.getLength(), server));
  }

  private synchronized DatagramSocket backOf(InetSocketAddress client) throws IOException {
    DatagramSocket known = backs.get(client);
    if (known != null) {
      return known;
    }
    DatagramSocket back = new DatagramSocket(0, server.getAddress());
    backs.put(client, back);
    Datagrams.forever("tap-back", () -> answer(back, client));
    return back;
  }

  private void answer(DatagramSocket back, InetSocketAddress client) throws IOException {
    DatagramPacket packet = Datagrams.next(back);
    write(port(), client.getPort(), packet);
    front.send(new DatagramPacket(packet.getData(), packet.getLength(), client));
  }

  /** A record of the file: time, lengths, and an IPv4 and a UDP header without checksums before the datagram. */
  private synchronized void write(int from, int to, DatagramPacket packet) throws IOException {
    int length = IP_AND_UDP + packet.getLength();
    ByteBuffer record = ByteBuffer.allocate(16 + length);
    record.putInt((int) packets).putInt(0).putInt(length).putInt(length);
    record.putShort((short) 0x4500).putShort((short) length).putInt(0).put((byte) 64).put((byte) IP_PROTOCOL_UDP).putShort((short) 0);
    record.putInt(0x7f000001).putInt(0x7f000001);
    record.putShort((short) from).putShort((short) to).putShort((short) (8 + packet.getLength())).putShort((short) 0);
    record.put(packet.getData(), packet.getOffset(), packet.getLength());
    file.write(record.array());
    packets++;
  }
}
