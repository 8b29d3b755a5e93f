package org.eider.registrar.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import org.eider.registrar.StoreBusyException;
import org.h2.api.ErrorCode;
import org.junit.jupiter.api.Test;

class FailuresTest {
  private final Failures failures = new Failures();

  private static SQLException timeout(Throwable cause) {
    return new SQLTimeoutException("Timeout trying to lock table", "HYT00", ErrorCode.LOCK_TIMEOUT_1, cause);
  }

  @Test
  void whoeverWaitsForALockForTooLongFindsTheStoreBusy() {
    assertThat(failures.of("look", timeout(null))).isInstanceOf(StoreBusyException.class);
  }

  @Test
  void anIndexThatNamesARowThatIsNotThereIsDamageAndNoLock() {
    SQLException missing = new SQLException("Row \"889\" not found in primary index \"journal\"", "90143", ErrorCode.ROW_NOT_FOUND_IN_PRIMARY_INDEX);
    assertThat(failures.of("look", timeout(missing))).isNotInstanceOf(StoreBusyException.class)
        .hasMessage("the store could not look: it is damaged, an index and its table differ (Row \"889\" not found in primary index \"journal\")");
  }
}
