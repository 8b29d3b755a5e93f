package org.eider.registrar.server;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.bouncycastle.jsse.provider.BouncyCastleJsseProvider;
import org.bouncycastle.tls.crypto.impl.jcajce.JcaTlsCryptoProvider;
import org.eider.pki.Bc;
import org.eider.pki.Credential;
import org.eider.wire.Octets;

/** A TLS connection that sends whatever octets a test wants and reads answers as strictly as HTTP/1.1 can be read. */
final class RawLine implements AutoCloseable {
  private static final Provider JSSE = new BouncyCastleJsseProvider(false, new JcaTlsCryptoProvider().setProvider(Bc.PROVIDER));
  private static final int LONGEST_LINE = 8192;

  private final SSLSocket socket;
  private final InputStream in;

  /** What came back. */
  record Answer(int status, Map<String, String> headers, Octets body) {
    boolean isLast() {
      return "close".equals(headers.get("connection"));
    }
  }

  /** An answer that is no HTTP. */
  static final class NoHttp extends Exception {
    private static final long serialVersionUID = 1L;

    NoHttp(String message) {
      super(message);
    }
  }

  private RawLine(SSLSocket socket) throws IOException {
    this.socket = socket;
    this.in = new BufferedInputStream(socket.getInputStream());
  }

  /** Who shows {@code credential} and believes every server. */
  static SSLContext identity(Credential credential) {
    try {
      SSLContext context = SSLContext.getInstance("TLS", JSSE);
      context.init(new KeyManager[] {new OneKey(credential)}, new TrustManager[] {new Trusting()}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /** Connects over {@code tcp}; handshake and reads wait no longer than {@code patience}. */
  static RawLine open(Socket tcp, SSLContext identity, int port, String protocol, Duration patience) throws IOException {
    try {
      tcp.setTcpNoDelay(true);
      tcp.setSoLinger(true, 0); // thousands of connections: none is to stay behind in TIME_WAIT
      tcp.connect(new InetSocketAddress("127.0.0.1", port), 10_000);
      tcp.setSoTimeout((int) patience.toMillis());
      SSLSocket socket = (SSLSocket) identity.getSocketFactory().createSocket(tcp, "127.0.0.1", port, true);
      socket.setEnabledProtocols(new String[] {protocol});
      socket.setUseClientMode(true);
      socket.startHandshake();
      return new RawLine(socket);
    } catch (IOException | RuntimeException e) {
      tcp.close();
      throw e;
    }
  }

  void patience(Duration patience) throws IOException {
    socket.setSoTimeout((int) patience.toMillis());
  }

  void send(byte[] octets) throws IOException {
    socket.getOutputStream().write(octets);
    socket.getOutputStream().flush();
  }

  /**
   * The next final answer; empty when the server ends the connection instead.
   *
   * @param bodiless whether the request was HEAD
   */
  Optional<Answer> answer(boolean bodiless) throws IOException, NoHttp {
    while (true) {
      int first = in.read();
      if (first < 0) {
        return Optional.empty();
      }
      String line = (char) first + line();
      if (!line.matches("HTTP/1\\.1 [1-9][0-9][0-9] [ -~]*")) {
        throw new NoHttp("a status line that is none: " + line);
      }
      int status = Integer.parseInt(line.substring(9, 12));
      Map<String, String> headers = headers();
      if (status >= 200) {
        return Optional.of(new Answer(status, headers, bodiless || status == 204 ? Octets.empty() : body(headers)));
      }
    }
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      // ended already
    }
  }

  private Map<String, String> headers() throws IOException, NoHttp {
    Map<String, String> headers = new TreeMap<>();
    for (String line = line(); !line.isEmpty(); line = line()) {
      int colon = line.indexOf(": ");
      if (colon < 1 || !line.substring(0, colon).matches("[!-9;-~]+") || line.chars().anyMatch(c -> c < ' ' || c > '~')) {
        throw new NoHttp("a header that is none: " + line);
      }
      if (headers.put(line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 2)) != null) {
        throw new NoHttp("a header twice: " + line);
      }
    }
    return headers;
  }

  private Octets body(Map<String, String> headers) throws IOException, NoHttp {
    String length = headers.getOrDefault("content-length", "none");
    if (!length.matches("[0-9]{1,7}") || !headers.containsKey("x-eider-session") || headers.containsKey("transfer-encoding")) {
      throw new NoHttp("headers that an answer of ours has not: " + headers);
    }
    byte[] body = in.readNBytes(Integer.parseInt(length));
    if (body.length < Integer.parseInt(length)) {
      throw new NoHttp("an answer that ends early");
    }
    return Octets.of(body);
  }

  private String line() throws IOException, NoHttp {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException("the connection ended within an answer");
      }
      line.write(c);
      if (line.size() > LONGEST_LINE) {
        throw new NoHttp("an endless line");
      }
    }
    String text = line.toString(StandardCharsets.ISO_8859_1);
    if (!text.endsWith("\r")) {
      throw new NoHttp("a line without carriage return: " + text);
    }
    return text.substring(0, text.length() - 1);
  }

  private static final class OneKey extends X509ExtendedKeyManager {
    private final Credential credential;

    OneKey(Credential credential) {
      this.credential = credential;
    }

    @Override
    public String[] getClientAliases(String type, Principal[] issuers) {
      return new String[] {"key"};
    }

    @Override
    public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
      return "key";
    }

    @Override
    public String chooseEngineClientAlias(String[] types, Principal[] issuers, SSLEngine engine) {
      return "key";
    }

    @Override
    public String[] getServerAliases(String type, Principal[] issuers) {
      return new String[0];
    }

    @Override
    public String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
      return "";
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
      return credential.chain().toArray(new X509Certificate[0]);
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
      return credential.key();
    }
  }

  private static final class Trusting extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
