package dev.anabranch.storage.sqlite;

import dev.anabranch.kernel.store.StoreFailure;
import dev.anabranch.storage.sql.Failures;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Locale;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/// What SQLite's error codes and the file system's errors mean for a data folder.
final class SqliteFailures implements Failures {

  private final String where;

  SqliteFailures(Path file) {
    this.where = file.toAbsolutePath().toString();
  }

  /// Where a session has both files of a folder, and an error does not say which it is of.
  SqliteFailures(Path file, Path beside) {
    this.where = file.toAbsolutePath() + " or the " + beside.getFileName() + " beside it";
  }

  @Override
  public StoreFailure of(SQLException cause) {
    StoreFailure.Kind kind = kind(cause);
    String message = isOfMemory(cause) ? memory(cause) : message(kind, where, cause);
    return new StoreFailure(kind, message, cause);
  }

  static StoreFailure of(Path path, IOException cause) {
    String text = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
    StoreFailure.Kind kind =
        text.contains("no space left") ? StoreFailure.Kind.FULL : StoreFailure.Kind.UNREACHABLE;
    return new StoreFailure(kind, message(kind, path.toAbsolutePath().toString(), cause), cause);
  }

  private static StoreFailure.Kind kind(SQLException cause) {
    if (!(cause instanceof SQLiteException exception)) {
      return StoreFailure.Kind.BROKEN;
    }
    SQLiteErrorCode code = exception.getResultCode();
    return switch (code.code & 0xff) {
      case 5, 6, 15 -> StoreFailure.Kind.LOCKED; // BUSY, LOCKED, PROTOCOL: others begin as well
      case 11, 26 -> StoreFailure.Kind.CORRUPT; // CORRUPT, NOTADB
      case 13 -> StoreFailure.Kind.FULL;
      case 3, 8, 10, 14, 23 ->
          StoreFailure.Kind.UNREACHABLE; // PERM, READONLY, IOERR, CANTOPEN, AUTH
      case 4, 7, 9 -> StoreFailure.Kind.UNREACHABLE; // ABORT, NOMEM, INTERRUPT: it may pass
      default -> StoreFailure.Kind.BROKEN;
    };
  }

  private static boolean isOfMemory(SQLException cause) {
    if (!(cause instanceof SQLiteException exception)) {
      return false;
    }
    return switch (exception.getResultCode()) {
      case SQLITE_NOMEM, SQLITE_IOERR_NOMEM -> true;
      default -> false;
    };
  }

  private String memory(SQLException cause) {
    return "no memory left to read or write "
        + where
        + " ("
        + cause.getMessage()
        + "); leave this process more beside Java's own, or let it keep less";
  }

  private static String message(StoreFailure.Kind kind, String where, Exception cause) {
    return switch (kind) {
      case LOCKED -> where + " is locked by another process; stop that one and try again";
      case CORRUPT ->
          where + " is damaged (" + cause.getMessage() + "); keep a copy and restore a backup";
      case FULL -> "no room left to write " + where + "; make room on its disk";
      case UNREACHABLE ->
          where
              + " cannot be read or written ("
              + cause.getMessage()
              + "); look at the disk and at the rights of the folder";
      case FENCED, BUSY, BROKEN -> where + ": " + cause.getMessage();
    };
  }
}
