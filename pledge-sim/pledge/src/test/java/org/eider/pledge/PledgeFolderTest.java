package org.eider.pledge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.eider.pki.Credential;
import org.eider.pki.KeyType;
import org.eider.pki.PemFiles;
import org.eider.pki.SerialNumberProfile;
import org.eider.pledge.Onboarding.Belongings;
import org.eider.testkit.TestPki;
import org.eider.voucher.VoucherArtifact;
import org.eider.voucher.VoucherFormat;
import org.eider.wire.DecodeException;
import org.eider.wire.Octets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PledgeFolderTest {
  @TempDir private Path parent;
  private final TestPki root = TestPki.root("Root");
  private final TestPki issuing = root.subordinate("Issuing");

  @Test
  void whatIsWrittenIsReadAgain() throws Exception {
    Belongings belongings = belongings("one");
    PledgeFolder.write(parent.resolve("a/b/device"), belongings);

    Belongings read = PledgeFolder.belongings(parent.resolve("a/b/device"));
    assertThat(read.voucher()).isEqualTo(belongings.voucher());
    assertThat(read.caCertificates()).isEqualTo(belongings.caCertificates());
    assertThat(read.ldevid().chain()).isEqualTo(belongings.ldevid().chain());
    assertThat(read.ldevid().key().getEncoded()).isEqualTo(belongings.ldevid().key().getEncoded());
    assertThat(names(parent.resolve("a/b/device"))).containsExactlyInAnyOrder("voucher.vcj", "key.pem", "ldevid.pem", "chain.pem");
    assertThat(names(parent.resolve("a/b"))).as("nothing is left behind").containsExactly("device");
  }

  @Test
  void theKeyIsForItsOwnerOnly() throws IOException {
    PledgeFolder.write(parent.resolve("device"), belongings("one"));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(parent.resolve("device/key.pem")))).isEqualTo("rw-------");
    assertThat(Files.readString(parent.resolve("device/key.pem"))).startsWith("-----BEGIN PRIVATE KEY-----");
  }

  @Test
  void theChainRunsFromTheIssuingCertificateToTheRoot() throws IOException {
    PledgeFolder.write(parent.resolve("device"), belongings("one"));
    assertThat(PemFiles.readCertificates(parent.resolve("device/chain.pem"))).containsExactly(issuing.certificate(), root.certificate());
    assertThat(PemFiles.readCertificates(parent.resolve("device/ldevid.pem"))).hasSize(1);
  }

  @Test
  void aFolderIsReplacedAsAWholeAndOtherFilesStay() throws IOException {
    Path folder = parent.resolve("device");
    PledgeFolder.write(folder, belongings("one"));
    Files.writeString(folder.resolve("notes.txt"), "kept");
    Belongings second = new Belongings(Optional.empty(), belongings("two").ldevid(), List.of(root.certificate()));
    PledgeFolder.write(folder, second);

    assertThat(PledgeFolder.belongings(folder).ldevid().certificate()).isEqualTo(second.ldevid().certificate());
    assertThat(names(folder)).as("the old voucher does not stay beside the new key")
        .containsExactlyInAnyOrder("key.pem", "ldevid.pem", "chain.pem", "notes.txt");
    assertThat(names(parent)).containsExactly("device");
  }

  @Test
  void whatCannotBeWrittenLeavesTheOldFolderAsItWas() throws IOException {
    Path folder = parent.resolve("device");
    Belongings first = belongings("one");
    PledgeFolder.write(folder, first);
    Belongings broken = new Belongings(first.voucher(),
        new Credential(new Unwritable(), belongings("two").ldevid().chain()), first.caCertificates());

    assertThatThrownBy(() -> PledgeFolder.write(folder, broken)).isInstanceOf(RuntimeException.class);
    assertThat(PledgeFolder.belongings(folder).ldevid().certificate()).isEqualTo(first.ldevid().certificate());
    assertThat(names(parent)).containsExactly("device");
  }

  @Test
  void theFolderOfTheFactoryIsReadWithOrWithoutChain() throws Exception {
    Credential idevid = issuing.idevid("SN-1");
    Path folder = Files.createDirectories(parent.resolve("idevid"));
    PemFiles.writeKey(folder.resolve("key.pem"), idevid.key());
    PemFiles.writeCertificates(folder.resolve("cert.pem"), List.of(idevid.certificate()));
    PemFiles.writeCertificates(folder.resolve("anchors.pem"), List.of(root.certificate()));
    assertThat(PledgeFolder.device(folder, SerialNumberProfile.SUBJECT_SERIAL_NUMBER).idevid().chain()).containsExactly(idevid.certificate());

    PemFiles.writeCertificates(folder.resolve("chain.pem"), List.of(idevid.certificate(), issuing.certificate()));
    DeviceIdentity device = PledgeFolder.device(folder, SerialNumberProfile.SUBJECT_SERIAL_NUMBER);
    assertThat(device.idevid().chain()).containsExactly(idevid.certificate(), issuing.certificate());
    assertThat(device.serialNumber()).isEqualTo("SN-1");
    assertThat(device.masaAnchors()).containsExactly(root.certificate());
  }

  @Test
  void anIdentityWithoutSerialNumberIsRefused() {
    Credential nameless = root.signer("nobody", KeyType.P256);
    assertThatThrownBy(() -> DeviceIdentity.of(nameless, List.of(root.certificate()), SerialNumberProfile.SUBJECT_SERIAL_NUMBER))
        .isInstanceOf(DecodeException.class);
    assertThatThrownBy(() -> DeviceIdentity.of(root.idevid("SN-1"), List.of(), SerialNumberProfile.SUBJECT_SERIAL_NUMBER))
        .isInstanceOf(DecodeException.class);
  }

  private Belongings belongings(String name) {
    Credential signer = issuing.signer(name, KeyType.P256);
    Credential ldevid = new Credential(signer.key(), List.of(signer.certificate(), issuing.certificate()));
    return new Belongings(Optional.of(new VoucherArtifact(VoucherFormat.CMS_JSON, Octets.utf8("voucher of " + name))), ldevid,
        List.of(issuing.certificate(), root.certificate()));
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  /** A key as of a hardware token: it cannot be exported. */
  private static final class Unwritable implements java.security.PrivateKey {
    private static final long serialVersionUID = 1L;

    @Override
    public String getAlgorithm() {
      return "EC";
    }

    @Override
    public String getFormat() {
      return "none";
    }

    @Override
    public byte[] getEncoded() {
      throw new UnsupportedOperationException("the key does not leave its token");
    }
  }
}
