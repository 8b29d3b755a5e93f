package org.eider.registrar.server.admin;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import org.eider.registrar.Journal;
import org.eider.wire.Octets;

/** What concerns a registrar's data as a whole, as far as it is no matter of one ledger. */
public interface Custody {
  /** Checks journal, rows, checkpoints and CA against each other; takes a while. */
  Journal.Report verify() throws IOException;

  /**
   * Writes everything into a file, for the owner's eyes only.
   *
   * @param file absolute, must not exist
   * @throws RefusedException when it cannot be made, with what to do about it
   */
  BackupView backup(Path file) throws IOException;

  /** domainIDs of every certificate that may be pinned for this domain. */
  Set<Octets> ownDomains() throws IOException;
}
