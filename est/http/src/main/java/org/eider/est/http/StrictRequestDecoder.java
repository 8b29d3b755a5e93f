package org.eider.est.http;

import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequestDecoder;

/**
 * Takes a request line only where single spaces separate its three words (RFC 9112 section 3): what others read as one word and we as
 * two, or the other way round, is where a second request hides.
 */
final class StrictRequestDecoder extends HttpRequestDecoder {
  StrictRequestDecoder(HttpDecoderConfig config) {
    super(config);
  }

  @Override
  protected String splitFirstWordInitialLine(byte[] line, int start, int length) {
    requireSpace(line, start + length);
    return super.splitFirstWordInitialLine(line, start, length);
  }

  @Override
  protected String splitThirdWordInitialLine(byte[] line, int start, int length) {
    requireSpace(line, start - 1);
    return super.splitThirdWordInitialLine(line, start, length);
  }

  private static void requireSpace(byte[] line, int at) {
    if (at < 0 || at >= line.length || line[at] != ' ') {
      throw new IllegalArgumentException("the words of a request line are separated by spaces");
    }
  }
}
