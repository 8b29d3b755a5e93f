package org.eider.registrar.store;

import org.eider.registrar.KnownManufacturers;
import org.eider.registrar.ManufacturerStore;
import org.eider.registrar.MemoryLedger;

/** The contract, by what is kept in memory of a store. */
class KnownManufacturerStoreTest extends ManufacturerStoreContract {
  @Override
  ManufacturerStore newStore() {
    return new KnownManufacturers(new MemoryLedger());
  }
}
