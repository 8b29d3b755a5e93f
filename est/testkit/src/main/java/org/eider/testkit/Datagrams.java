package org.eider.testkit;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;

/** What those who pass datagrams on do over and over. */
public final class Datagrams {
  private static final int LARGEST = 65_536;

  private Datagrams() {}

  /** One step of passing on. */
  @FunctionalInterface
  public interface Step {
    /** Waits for a datagram, and does with it what is to be done. */
    void go() throws IOException;
  }

  /** Takes step after step, on a thread of its own, until a socket is closed. */
  public static void forever(String name, Step step) {
    Thread thread = new Thread(() -> {
      try {
        while (true) {
          step.go();
        }
      } catch (IOException closed) {
        return;
      }
    }, name);
    thread.setDaemon(true);
    thread.start();
  }

  /** Sends back whatever comes in until the socket is closed, on a thread of its own; {@code each} is run after every one. */
  public static void echo(DatagramSocket socket, Runnable each) {
    DatagramPacket packet = new DatagramPacket(new byte[LARGEST], LARGEST);
    forever("echo", () -> {
      packet.setLength(LARGEST);
      socket.receive(packet);
      socket.send(packet);
      each.run();
    });
  }

  /** The next datagram. */
  public static DatagramPacket next(DatagramSocket socket) throws IOException {
    DatagramPacket packet = new DatagramPacket(new byte[LARGEST], LARGEST);
    socket.receive(packet);
    return packet;
  }
}
