package org.eider.est.coap;

import java.time.Duration;
import org.eider.est.ServerTrust;
import org.eider.pki.Credential;

/**
 * How a {@link CoapsConnection} behaves. There is no server name indication (draft-ietf-anima-constrained-voucher section 6.3).
 *
 * @param credential what the client authenticates with
 * @param trust judges the server's certificate chain during the handshake
 * @param abbreviation number of the option Uri-Path-Abbrev
 * @param blockSize preferred size of blocks: 16, 32, 64, 128, 256, 512 or 1024 octets
 * @param handshakeTimeout for the DTLS handshake
 * @param responseTimeout for one exchange, with all its blocks
 * @param maxBody greatest answer in octets
 */
public record CoapsClientConfig(Credential credential, ServerTrust trust, int abbreviation, int blockSize, Duration handshakeTimeout,
    Duration responseTimeout, int maxBody) {
  /** Blocks of 512 octets, 20 s for the handshake, 90 s to answer, 256 KiB. */
  public static CoapsClientConfig standard(Credential credential, ServerTrust trust) {
    return new CoapsClientConfig(
        credential, trust, CoapsConfig.ABBREVIATION, 512, Duration.ofSeconds(20), Duration.ofSeconds(90), 256 * 1024);
  }

  /** Checks the size of blocks. */
  public CoapsClientConfig {
    if (blockSize < 16 || blockSize > 1024 || Integer.bitCount(blockSize) != 1) {
      throw new IllegalArgumentException("blocks have 16 to 1024 octets, a power of two");
    }
  }

  /** The same with blocks of another size. */
  public CoapsClientConfig withBlockSize(int octets) {
    return new CoapsClientConfig(credential, trust, abbreviation, octets, handshakeTimeout, responseTimeout, maxBody);
  }

  /** The same with other times. */
  public CoapsClientConfig withTimes(Duration forHandshake, Duration forResponse) {
    return new CoapsClientConfig(credential, trust, abbreviation, blockSize, forHandshake, forResponse, maxBody);
  }
}
