package org.eider.registrar.store;

import java.nio.file.Path;
import org.eider.registrar.DeviceLedger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** The contract, in a fresh H2 file. */
class SqlDeviceLedgerTest extends DeviceLedgerContract {
  @TempDir
  private Path data;

  private SqlStore store;

  @Override
  DeviceLedger newLedger() throws StoreUnavailable {
    store = SqlStore.open(StoreConfig.in(data));
    return store.devices();
  }

  @AfterEach
  void close() {
    store.close();
  }
}
