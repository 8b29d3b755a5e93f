package org.eider.registrar.store;

import java.nio.file.Path;
import org.eider.registrar.CertificateLedger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** The contract, in a fresh H2 file. */
class SqlCertificateLedgerTest extends CertificateLedgerContract {
  @TempDir
  private Path data;

  private SqlStore store;

  @Override
  CertificateLedger newLedger() throws StoreUnavailable {
    store = SqlStore.open(StoreConfig.in(data));
    return store.certificates();
  }

  @AfterEach
  void close() {
    store.close();
  }
}
