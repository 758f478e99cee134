package dev.anabranch.storage.postgres;

import dev.anabranch.kernel.store.StoreFailure;
import dev.anabranch.storage.sql.Failures;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import org.jspecify.annotations.Nullable;

/// What PostgreSQL's SQLSTATEs mean (its manual, appendix A).
final class PostgresFailures implements Failures {

  private final PostgresAddress place;

  PostgresFailures(PostgresAddress place) {
    this.place = place;
  }

  @Override
  public StoreFailure of(SQLException cause) {
    StoreFailure.Kind kind = isPoolEmpty(cause) ? StoreFailure.Kind.BUSY : kind(cause);
    return new StoreFailure(kind, message(kind, cause), cause);
  }

  /// The pool had no connection to give, and not because it could open none: then it says what the
  /// server said.
  private static boolean isPoolEmpty(SQLException cause) {
    return cause instanceof SQLTransientConnectionException
        && cause.getSQLState() == null
        && cause.getCause() == null;
  }

  /// What does not fit on a disk is told with more than one state; the operating system's words are
  /// the same.
  private static StoreFailure.Kind kind(SQLException cause) {
    return String.valueOf(cause.getMessage()).contains("No space left on device")
        ? StoreFailure.Kind.FULL
        : kind(cause.getSQLState());
  }

  private static StoreFailure.Kind kind(@Nullable String state) {
    if (state == null || state.length() < 2) {
      return StoreFailure.Kind.UNREACHABLE;
    }
    return switch (state) {
      case "53100" -> StoreFailure.Kind.FULL;
      case "XX001", "XX002" -> StoreFailure.Kind.CORRUPT;
      case "55P03" -> StoreFailure.Kind.LOCKED;
      case "25006", "3D000", "53300" -> StoreFailure.Kind.UNREACHABLE;
      default ->
          switch (state.substring(0, 2)) {
            case "08", "57", "28" -> StoreFailure.Kind.UNREACHABLE;
            default -> StoreFailure.Kind.BROKEN;
          };
    };
  }

  private String message(StoreFailure.Kind kind, SQLException cause) {
    String said = " (" + cause.getMessage() + ", SQLSTATE " + cause.getSQLState() + ")";
    return switch (kind) {
      case LOCKED -> place + ": somebody holds a lock on its tables for too long" + said;
      case CORRUPT -> place + " is damaged" + said + "; restore a backup";
      case FULL -> place + ": no room left on the server's disk" + said + "; make room there";
      case UNREACHABLE ->
          place + " does not answer" + said + "; look whether the server runs and lets us in";
      case BUSY -> place + ": all sessions for reading are in use" + said + "; try again";
      case FENCED, BROKEN -> place + said;
    };
  }
}
