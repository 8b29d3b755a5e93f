package org.eider.proxy;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;

/**
 * AES-SIV (RFC 5297): authenticated encryption that needs no nonce. The same text always becomes the same octets under one key, and
 * nothing else can be learnt from them, which is what a header that names the same pledge each time needs. Not thread-safe.
 */
final class AesSiv {
  /** What sealing adds. */
  static final int TAG = 16;

  private static final int BLOCK = 16;
  private static final int CARRY = 0x87;

  private final Cipher macCipher;
  private final Cipher counterCipher;
  private final byte[] subkey1;
  private final byte[] subkey2;

  /**
   * With a key of its own.
   *
   * @param key 32, 48 or 64 octets: the first half authenticates, the second one enciphers
   */
  AesSiv(byte[] key) {
    int half = key.length / 2;
    macCipher = cipher(Arrays.copyOfRange(key, 0, half));
    counterCipher = cipher(Arrays.copyOfRange(key, half, key.length));
    subkey1 = doubled(encrypt(macCipher, new byte[BLOCK]));
    subkey2 = doubled(subkey1);
  }

  /** The synthetic initialisation vector, and behind it as many octets as {@code plain} has. */
  byte[] seal(byte[] plain, byte[]... associated) {
    byte[] iv = s2v(plain, associated);
    byte[] sealed = Arrays.copyOf(iv, TAG + plain.length);
    System.arraycopy(plain, 0, sealed, TAG, plain.length);
    count(iv, sealed, TAG);
    return sealed;
  }

  /** What was sealed; empty when it was not sealed so, by this key. */
  Optional<byte[]> open(byte[] sealed, byte[]... associated) {
    if (sealed.length < TAG) {
      return Optional.empty();
    }
    byte[] iv = Arrays.copyOf(sealed, TAG);
    byte[] plain = Arrays.copyOfRange(sealed, TAG, sealed.length);
    count(iv, plain, 0);
    return MessageDigest.isEqual(iv, s2v(plain, associated)) ? Optional.of(plain) : Optional.empty();
  }

  /** RFC 5297 section 2.4. */
  private byte[] s2v(byte[] plain, byte[]... associated) {
    byte[] sum = mac(new byte[BLOCK]);
    for (byte[] text : associated) {
      sum = xor(doubled(sum), mac(text), 0);
    }
    if (plain.length >= BLOCK) {
      return mac(xor(plain.clone(), sum, plain.length - BLOCK));
    }
    return mac(xor(padded(plain, 0), doubled(sum), 0));
  }

  /** AES-CTR as RFC 5297 section 2.5 has it, from {@code from} to the end; deciphers as well. */
  private void count(byte[] iv, byte[] octets, int from) {
    byte[] counter = iv.clone();
    counter[8] &= 0x7f;
    counter[12] &= 0x7f;
    for (int at = from; at < octets.length; at += BLOCK) {
      byte[] stream = encrypt(counterCipher, counter);
      for (int i = 0; i < BLOCK && at + i < octets.length; i++) {
        octets[at + i] ^= stream[i];
      }
      for (int i = BLOCK - 1; i >= 0 && ++counter[i] == 0; i--) { // the carry goes on
      }
    }
  }

  /** AES-CMAC (RFC 4493). */
  private byte[] mac(byte[] text) {
    int whole = text.length == 0 ? 0 : (text.length - 1) / BLOCK * BLOCK;
    byte[] state = new byte[BLOCK];
    for (int at = 0; at < whole; at += BLOCK) {
      state = encrypt(macCipher, xor(Arrays.copyOfRange(text, at, at + BLOCK), state, 0));
    }
    boolean isFull = text.length - whole == BLOCK;
    byte[] last = isFull ? Arrays.copyOfRange(text, whole, text.length) : padded(text, whole);
    return encrypt(macCipher, xor(xor(last, isFull ? subkey1 : subkey2, 0), state, 0));
  }

  private static byte[] padded(byte[] text, int from) {
    byte[] block = new byte[BLOCK];
    System.arraycopy(text, from, block, 0, text.length - from);
    block[text.length - from] = (byte) 0x80;
    return block;
  }

  /** Twice the value in the field that both RFCs use. */
  private static byte[] doubled(byte[] block) {
    byte[] twice = new byte[BLOCK];
    for (int i = 0; i < BLOCK; i++) {
      int below = i + 1 < BLOCK ? (block[i + 1] & 0xff) >> 7 : 0;
      twice[i] = (byte) (block[i] << 1 | below);
    }
    twice[BLOCK - 1] ^= (byte) (CARRY & (block[0] >> 7));
    return twice;
  }

  /** Changes {@code octets} from {@code at} on, and returns them. */
  private static byte[] xor(byte[] octets, byte[] with, int at) {
    for (int i = 0; i < with.length; i++) {
      octets[at + i] ^= with[i];
    }
    return octets;
  }

  private static Cipher cipher(byte[] key) {
    try {
      Cipher cipher = Cipher.getInstance("AES/ECB/NoPadding"); // single blocks, out of which CMAC and CTR are made
      cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"));
      return cipher;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has AES", e);
    }
  }

  private static byte[] encrypt(Cipher cipher, byte[] block) {
    try {
      return cipher.doFinal(block);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("whole blocks always encrypt", e);
    }
  }
}
