package org.eider.registrar.server;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Set;
import org.eider.registrar.Journal;
import org.eider.registrar.server.admin.BackupView;
import org.eider.registrar.server.admin.Custody;
import org.eider.registrar.server.admin.RefusedException;
import org.eider.registrar.store.Agreement;
import org.eider.registrar.store.Backup;
import org.eider.registrar.store.BackupException;
import org.eider.registrar.store.Manifest;
import org.eider.registrar.store.SqlStore;
import org.eider.wire.Octets;

/**
 * Of the store of a data folder.
 *
 * @param store the store
 * @param folder where it is
 * @param clock the time of backups
 */
record StoreCustody(SqlStore store, DataFolder folder, InstantSource clock) implements Custody {
  @Override
  public Journal.Report verify() {
    return Agreement.check(store, folder.ca(), checked -> {});
  }

  @Override
  public BackupView backup(Path file) throws RefusedException {
    try {
      Manifest made = Backup.make(store, folder.path(), file, RegistrarProcess.version(), clock);
      return new BackupView(file.toString(), made.at(), made.head().number(), made.head().hash().hex());
    } catch (BackupException e) {
      throw new RefusedException(e.getMessage(), e.hint(), e);
    }
  }

  @Override
  public Set<Octets> ownDomains() throws IOException {
    return folder.ownDomains();
  }
}
