package org.eider.est.http;

import io.netty.channel.ChannelInitializer;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.flow.FlowControlHandler;
import io.netty.handler.ssl.SslHandler;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;

/** Builds what an accepted connection passes through: TLS, the HTTP decoder with its bounds, one message at a time. */
final class ServerPipeline extends ChannelInitializer<SocketChannel> {
  private static final int MAX_CHUNK = 8192;

  private final ServerContext server;
  private final Supplier<HttpsServer.Face> face;

  ServerPipeline(ServerContext server, Supplier<HttpsServer.Face> face) {
    this.server = server;
    this.face = face;
  }

  @Override
  protected void initChannel(SocketChannel channel) {
    HttpsServer.Face shown = face.get();
    ServerConnection connection = new ServerConnection(server, channel, shown.certificate());
    if (!server.admit(connection, channel.remoteAddress().getAddress())) {
      channel.close();
      return;
    }
    channel.closeFuture().addListener(closed -> server.forget(connection));
    shown.engines().ifPresent(supplier -> channel.pipeline().addLast(tls(supplier.get())));
    channel.pipeline().addLast(new OctetWatch(connection::octetsSeen));
    channel.pipeline().addLast(new StrictRequestDecoder(http(server.limits().maxHeader())));
    channel.pipeline().addLast(new HttpResponseEncoder());
    channel.pipeline().addLast(new FlowControlHandler());
    channel.pipeline().addLast(connection);
  }

  private SslHandler tls(SSLEngine engine) {
    SslHandler handler = new SslHandler(engine);
    handler.setHandshakeTimeoutMillis(server.limits().handshake().toMillis());
    return handler;
  }

  /** A quarter of what a head may take goes to the request line. */
  static HttpDecoderConfig http(int maxHeader) {
    return new HttpDecoderConfig()
        .setMaxInitialLineLength(maxHeader / 4)
        .setMaxHeaderSize(maxHeader - maxHeader / 4)
        .setMaxChunkSize(MAX_CHUNK)
        .setAllowDuplicateContentLengths(false)
        .setStrictLineParsing(true)
        .setUseRfc9112TransferEncoding(true);
  }
}
