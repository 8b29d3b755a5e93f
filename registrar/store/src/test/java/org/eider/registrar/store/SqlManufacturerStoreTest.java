package org.eider.registrar.store;

import java.nio.file.Path;
import org.eider.registrar.ManufacturerStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** The contract, in a fresh H2 file. */
class SqlManufacturerStoreTest extends ManufacturerStoreContract {
  @TempDir
  private Path data;

  private SqlStore store;

  @Override
  ManufacturerStore newStore() throws StoreUnavailable {
    store = SqlStore.open(StoreConfig.in(data));
    return store.manufacturers();
  }

  @AfterEach
  void close() {
    store.close();
  }
}
