package org.eider.est.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/** A TLS server of another make (the JDK's) that reads a request's head and answers with fixed octets, then closes. */
final class ScriptedServer implements AutoCloseable {
  private final SSLServerSocket listener;
  private final AtomicInteger connections = new AtomicInteger();
  private final List<String> names = new CopyOnWriteArrayList<>();

  ScriptedServer(String answer) throws IOException, GeneralSecurityException {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    keys.load(null, null);
    keys.setKeyEntry("own", Site.SERVER.key(), new char[0], Site.SERVER.chain().toArray(new X509Certificate[0]));
    KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
    factory.init(keys, new char[0]);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(factory.getKeyManagers(), null, null);
    listener = (SSLServerSocket) context.getServerSocketFactory().createServerSocket(0, 5, InetAddress.getLoopbackAddress());
    Thread thread = new Thread(() -> serve(answer), "scripted-server");
    thread.setDaemon(true);
    thread.start();
  }

  int port() {
    return listener.getLocalPort();
  }

  /** The server names that the handshakes carried. */
  List<String> names() {
    return names;
  }

  int connections() {
    return connections.get();
  }

  private void serve(String answer) {
    while (!listener.isClosed()) {
      try (SSLSocket socket = (SSLSocket) listener.accept()) {
        connections.incrementAndGet();
        socket.startHandshake();
        ((ExtendedSSLSession) socket.getSession()).getRequestedServerNames().forEach(name -> names.add(new String(name.getEncoded(),
            StandardCharsets.US_ASCII)));
        readHead(socket);
        socket.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
      } catch (SSLHandshakeException | SocketException expected) {
        continue;
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
  }

  private static void readHead(SSLSocket socket) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int c = socket.getInputStream().read();
      if (c < 0) {
        return;
      }
      head.append((char) c);
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
