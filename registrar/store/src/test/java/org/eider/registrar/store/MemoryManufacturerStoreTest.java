package org.eider.registrar.store;

import org.eider.registrar.ManufacturerStore;
import org.eider.registrar.MemoryLedger;

/** The contract, in memory. */
class MemoryManufacturerStoreTest extends ManufacturerStoreContract {
  @Override
  ManufacturerStore newStore() {
    return new MemoryLedger();
  }
}
