package org.eider.est.coap;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Random;

/** The beginning of a DTLS handshake, octet by octet (RFC 6347 section 4.2). */
final class Hello {
  private static final int RECORD = 13;
  private static final int HANDSHAKE = 12;
  private static final byte[] EXTENSIONS = HexFormat.of().parseHex("000a00040002001700" + "0b00020100" + "000d000400020403" + "00170000");

  private Hello() {}

  /** A ClientHello with one suite, CCM_8, in one record. */
  static byte[] client(byte[] random, int sequence, byte[] cookie) {
    ByteBuffer body = ByteBuffer.allocate(200);
    body.putShort((short) 0xfefd).put(random).put((byte) 0).put((byte) cookie.length).put(cookie)
        .putShort((short) 2).putShort((short) 0xc0ae).put((byte) 1).put((byte) 0).putShort((short) EXTENSIONS.length).put(EXTENSIONS);
    int length = body.position();
    ByteBuffer record = ByteBuffer.allocate(RECORD + HANDSHAKE + length);
    record.put((byte) 22).putShort((short) 0xfefd).putShort((short) 0).putShort((short) 0).putInt(sequence)
        .putShort((short) (HANDSHAKE + length));
    record.put((byte) 1).put((byte) 0).putShort((short) length).putShort((short) sequence).put((byte) 0).putShort((short) 0)
        .put((byte) 0).putShort((short) length);
    record.put(body.array(), 0, length);
    return record.array();
  }

  /** Begins a handshake from an address, up to the ClientHello with the cookie; tells whether the server went on. */
  static boolean begin(InetAddress from, InetSocketAddress server, Random random) throws IOException {
    byte[] nonce = new byte[32];
    random.nextBytes(nonce);
    try (DatagramSocket socket = new DatagramSocket(0, from)) {
      socket.setSoTimeout(2000);
      byte[] first = client(nonce, 0, new byte[0]);
      socket.send(new DatagramPacket(first, first.length, server));
      byte[] cookie = cookie(receive(socket));
      byte[] second = client(nonce, 1, cookie);
      socket.send(new DatagramPacket(second, second.length, server));
      DatagramPacket answer = receive(socket);
      return answer.getData()[0] == 22;
    }
  }

  private static DatagramPacket receive(DatagramSocket socket) throws IOException {
    DatagramPacket packet = new DatagramPacket(new byte[2000], 2000);
    socket.receive(packet);
    return packet;
  }

  private static byte[] cookie(DatagramPacket verify) {
    if (verify.getData()[RECORD] != 3) {
      throw new AssertionError("no HelloVerifyRequest but handshake message " + verify.getData()[RECORD]);
    }
    int at = RECORD + HANDSHAKE + 2;
    int length = verify.getData()[at] & 0xff;
    byte[] cookie = new byte[length];
    System.arraycopy(verify.getData(), at + 1, cookie, 0, length);
    return cookie;
  }
}
