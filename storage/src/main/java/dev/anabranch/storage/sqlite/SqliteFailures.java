package dev.anabranch.storage.sqlite;

import dev.anabranch.kernel.store.StoreFailure;
import dev.anabranch.kernel.store.StoreFailure.Kind;
import dev.anabranch.storage.sql.Failures;
import java.nio.file.Path;
import java.sql.SQLException;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/// What SQLite's result codes mean for the owner of the file.
record SqliteFailures(Path file) implements Failures {

  private static final int PRIMARY_CODE = 0xff;

  @Override
  public StoreFailure of(SQLException exception) {
    int code = code(exception);
    if (code == SQLiteErrorCode.SQLITE_FULL.code) {
      return failure(
          Kind.FULL,
          "no room is left on the disk of " + file + "; free some, it then goes on by itself",
          exception);
    }
    if (code == SQLiteErrorCode.SQLITE_CORRUPT.code || code == SQLiteErrorCode.SQLITE_NOTADB.code) {
      return failure(
          Kind.CORRUPT,
          "the database " + file + " is damaged; restore a backup with 'anabranch restore'",
          exception);
    }
    if (code == SQLiteErrorCode.SQLITE_BUSY.code || code == SQLiteErrorCode.SQLITE_LOCKED.code) {
      return failure(
          Kind.UNREACHABLE,
          "another program holds a lock on the database " + file + "; end it or wait",
          exception);
    }
    return failure(
        Kind.BROKEN, "the database " + file + " failed: " + exception.getMessage(), exception);
  }

  private static StoreFailure failure(Kind kind, String message, SQLException cause) {
    return new StoreFailure(kind, message, cause);
  }

  private static int code(SQLException exception) {
    for (Throwable cause = exception; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLiteException said) {
        return said.getResultCode().code & PRIMARY_CODE;
      }
    }
    return -1;
  }
}
