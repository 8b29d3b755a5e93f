package org.eider.registrar.store;

import org.eider.registrar.DeviceLedger;
import org.eider.registrar.MemoryLedger;

/** The contract, in memory. */
class MemoryDeviceLedgerTest extends DeviceLedgerContract {
  @Override
  DeviceLedger newLedger() {
    return new MemoryLedger();
  }
}
