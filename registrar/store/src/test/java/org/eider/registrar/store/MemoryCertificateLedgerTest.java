package org.eider.registrar.store;

import org.eider.registrar.CertificateLedger;
import org.eider.registrar.MemoryLedger;

/** The contract, in memory. */
class MemoryCertificateLedgerTest extends CertificateLedgerContract {
  @Override
  CertificateLedger newLedger() {
    return new MemoryLedger();
  }
}
