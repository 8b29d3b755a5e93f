package org.eider.site;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Provider;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import javax.crypto.KeyAgreement;

/**
 * Measures one operation of each kind of {@link PublicKeyWork} on P-256: CPU time of one thread, nothing but the operation itself, in
 * a process that has done nothing else before. Each figure is the median of batches, after a warm-up that lets the JIT finish.
 */
final class PublicKeyCost {
  private static final int KEYS = 64;
  private static final int BATCHES = 15;
  private static final byte[] MESSAGE = "what is signed is hashed first, so its length hardly matters".getBytes(StandardCharsets.US_ASCII);

  private final Provider provider;
  private final SecureRandom random;
  private final int batch;
  private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
  private final List<Peer> peers = new ArrayList<>();
  private final KeyPair own;

  /** Somebody with a key, and what came from there. */
  private record Peer(KeyPair key, byte[] signature) {}

  /** One operation, without what has to be prepared for it. */
  private interface Operation {
    /** Does what is needed for operation number {@code i}. */
    Timed prepare(int i) throws GeneralSecurityException;
  }

  /** What is timed; tells whether it came out right. */
  private interface Timed {
    boolean run() throws GeneralSecurityException;
  }

  /**
   * A measurement.
   *
   * @param batch how many operations are timed together; the warm-up has forty such batches
   */
  PublicKeyCost(Provider provider, SecureRandom random, int batch) throws GeneralSecurityException {
    this.provider = provider;
    this.random = random;
    this.batch = batch;
    this.own = newKey();
    for (int i = 0; i < KEYS; i++) {
      KeyPair key = newKey();
      peers.add(new Peer(key, sign(key)));
    }
  }

  /** CPU milliseconds of one operation of each kind. */
  Map<PublicKeyWork, Double> measure() throws GeneralSecurityException {
    Map<PublicKeyWork, Operation> operations = operations();
    for (int i = 0; i < 40; i++) {
      for (Operation operation : operations.values()) {
        nanos(operation);
      }
    }
    Map<PublicKeyWork, Double> costs = new EnumMap<>(PublicKeyWork.class);
    for (Map.Entry<PublicKeyWork, Operation> each : operations.entrySet()) {
      double[] batches = new double[BATCHES];
      for (int i = 0; i < BATCHES; i++) {
        batches[i] = nanos(each.getValue()) / (double) batch / 1e6;
      }
      Arrays.sort(batches);
      costs.put(each.getKey(), batches[BATCHES / 2]);
    }
    return costs;
  }

  private Map<PublicKeyWork, Operation> operations() {
    Map<PublicKeyWork, Operation> operations = new EnumMap<>(PublicKeyWork.class);
    operations.put(PublicKeyWork.KEY_GENERATION, i -> () -> newKey().getPublic() != null);
    operations.put(PublicKeyWork.KEY_AGREEMENT, i -> {
      PublicKey theirs = fresh(peer(i).key().getPublic());
      return () -> agreement(theirs).length == 32;
    });
    operations.put(PublicKeyWork.SIGNATURE, i -> () -> sign(own).length > 0);
    operations.put(PublicKeyWork.NEW_KEY_VERIFICATION, i -> {
      PublicKey theirs = fresh(peer(i).key().getPublic());
      return () -> verifies(theirs, peer(i).signature());
    });
    operations.put(PublicKeyWork.KNOWN_KEY_VERIFICATION, i -> () -> verifies(peers.get(0).key().getPublic(), peers.get(0).signature()));
    return operations;
  }

  private long nanos(Operation operation) throws GeneralSecurityException {
    List<Timed> prepared = new ArrayList<>();
    for (int i = 0; i < batch; i++) {
      prepared.add(operation.prepare(i));
    }
    boolean right = true;
    long begin = threads.getCurrentThreadCpuTime();
    for (Timed timed : prepared) {
      right &= timed.run();
    }
    long nanos = threads.getCurrentThreadCpuTime() - begin;
    if (!right) {
      throw new GeneralSecurityException(provider.getName() + " came to a wrong result");
    }
    return nanos;
  }

  private Peer peer(int i) {
    return peers.get(i % KEYS);
  }

  private KeyPair newKey() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", provider);
    generator.initialize(new ECGenParameterSpec("secp256r1"), random);
    return generator.generateKeyPair();
  }

  /** The same key as if it had just arrived: providers keep what they have computed with the object. */
  private PublicKey fresh(PublicKey key) throws GeneralSecurityException {
    return KeyFactory.getInstance("EC", provider).generatePublic(new X509EncodedKeySpec(key.getEncoded()));
  }

  private byte[] agreement(PublicKey theirs) throws GeneralSecurityException {
    KeyAgreement agreement = KeyAgreement.getInstance("ECDH", provider);
    agreement.init(own.getPrivate());
    agreement.doPhase(theirs, true);
    return agreement.generateSecret();
  }

  private byte[] sign(KeyPair key) throws GeneralSecurityException {
    Signature signature = Signature.getInstance("SHA256withECDSA", provider);
    signature.initSign(key.getPrivate());
    signature.update(MESSAGE);
    return signature.sign();
  }

  private boolean verifies(PublicKey key, byte[] signed) throws GeneralSecurityException {
    Signature signature = Signature.getInstance("SHA256withECDSA", provider);
    signature.initVerify(key);
    signature.update(MESSAGE);
    return signature.verify(signed);
  }
}
