package dev.anabranch.storage.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.store.StoreFailure;
import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/// Only damage is called damage: whoever hears of it stops, and of anything else comes back.
class SqliteFailuresTest {

  private static final SqliteFailures FAILURES = new SqliteFailures(Path.of("marks.db"));

  @ParameterizedTest
  @CsvSource({
    "SQLITE_CORRUPT, CORRUPT",
    "SQLITE_CORRUPT_VTAB, CORRUPT",
    "SQLITE_CORRUPT_INDEX, CORRUPT",
    "SQLITE_NOTADB, CORRUPT",
    "SQLITE_FULL, FULL",
    "SQLITE_BUSY, LOCKED",
    "SQLITE_BUSY_SNAPSHOT, LOCKED",
    "SQLITE_LOCKED, LOCKED",
    "SQLITE_PROTOCOL, LOCKED",
    "SQLITE_IOERR_READ, UNREACHABLE",
    "SQLITE_IOERR_WRITE, UNREACHABLE",
    "SQLITE_IOERR_FSYNC, UNREACHABLE",
    "SQLITE_IOERR_CORRUPTFS, UNREACHABLE",
    "SQLITE_IOERR_NOMEM, UNREACHABLE",
    "SQLITE_CANTOPEN, UNREACHABLE",
    "SQLITE_CANTOPEN_ISDIR, UNREACHABLE",
    "SQLITE_READONLY, UNREACHABLE",
    "SQLITE_READONLY_DBMOVED, UNREACHABLE",
    "SQLITE_PERM, UNREACHABLE",
    "SQLITE_AUTH, UNREACHABLE",
    "SQLITE_NOMEM, UNREACHABLE",
    "SQLITE_ABORT, UNREACHABLE",
    "SQLITE_INTERRUPT, UNREACHABLE",
    "SQLITE_CONSTRAINT_PRIMARYKEY, BROKEN",
    "SQLITE_ERROR, BROKEN",
  })
  void everyCodeHasItsRemedy(SQLiteErrorCode code, StoreFailure.Kind kind) {
    assertThat(FAILURES.of(new SQLiteException("said", code)).kind()).isEqualTo(kind);
  }

  @Test
  void wantOfMemoryIsToldAsThat() {
    SQLException want = new SQLiteException("said", SQLiteErrorCode.SQLITE_NOMEM);
    assertThat(FAILURES.of(want)).hasMessageStartingWith("no memory left").hasCause(want);
  }
}
