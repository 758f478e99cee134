package dev.anabranch.bench.limit;

import dev.anabranch.bench.failure.BenchFailure;
import dev.anabranch.bench.failure.Unavailable;
import dev.anabranch.bench.load.Histograms;
import dev.anabranch.bench.process.Commands;
import dev.anabranch.bench.process.Pause;
import dev.anabranch.bench.process.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.HdrHistogram.Histogram;

/// Raw inserts into PostgreSQL: `pgbench` with one row per transaction, and single commits by JDBC.
public final class PostgresInsert {
  private static final String DATABASE = "raw";
  private static final Pattern RATE = Pattern.compile("tps = ([0-9.]+)");
  private static final Path DEBIAN = Path.of("/usr/lib/postgresql/15/bin/pgbench");

  private final PostgresServer server;
  private final Path folder;
  private final String data;

  private PostgresInsert(PostgresServer server, Path folder, int dataBytes) {
    this.server = server;
    this.folder = folder;
    this.data = LogRow.data(dataBytes);
  }

  /// Makes the log table in a database of its own.
  public static PostgresInsert on(PostgresServer server, Path folder, int dataBytes) {
    server.create(DATABASE);
    server.execute(DATABASE, LogRow.POSTGRES_TABLE);
    server.execute(DATABASE, LogRow.INDEX);
    return new PostgresInsert(server, folder, dataBytes);
  }

  /// Transactions of one row a second, by `clients` clients with prepared statements.
  public double pgbench(int clients, Duration duration) {
    Path program =
        Optional.of(DEBIAN)
            .filter(Files::isExecutable)
            .or(() -> Commands.onPath("pgbench"))
            .orElseThrow(() -> new Unavailable("no pgbench: it comes with Debian's postgresql"));
    List<String> command =
        List.of(
            program.toString(),
            "--no-vacuum",
            "--protocol=prepared",
            "--client=" + clients,
            "--jobs=2",
            "--time=" + Math.max(1, duration.toSeconds()),
            "--file=" + script(),
            "--host=127.0.0.1",
            "--port=" + server.port(),
            "--username=" + server.user(),
            DATABASE);
    Matcher rate = RATE.matcher(Commands.run(folder, command));
    if (!rate.find()) {
      throw new BenchFailure("pgbench printed no rate");
    }
    return Double.parseDouble(rate.group(1));
  }

  // The scope has no colon: pgbench takes :raw for a parameter, also inside a literal.
  private Path script() {
    String text =
        "\\set n random(1, 1000000000)\n"
            + "insert into log ("
            + LogRow.COLUMNS
            + ") values ('bench-raw', :n::bigint, 'bench-key-' || :n::text, 'local', 'bench_item',"
            + " 'm' || :n::text, 'insert', 1, '"
            + data
            + "', :n::bigint);\n";
    try {
      return Files.writeString(folder.resolve("insert.sql"), text);
    } catch (IOException e) {
      throw new BenchFailure("cannot write the pgbench script", e);
    }
  }

  /// How long single commits take, `count` of them at `perSecond`, nanoseconds.
  public Histogram commits(int count, double perSecond) {
    Histogram commits = Histograms.nanos();
    try (Connection connection = DriverManager.getConnection(server.url(DATABASE));
        PreparedStatement insert =
            connection.prepareStatement(
                "insert into log ("
                    + LogRow.COLUMNS
                    + ") values ('bench:raw', ?, ?, 'local', 'bench_item', 'm', 'insert', 1,"
                    + " ?::jsonb, 0)")) {
      for (int done = 0; done < count; done++) {
        insert.setLong(1, done);
        insert.setString(2, "bench-key-" + done);
        insert.setString(3, data);
        long start = System.nanoTime();
        insert.executeUpdate();
        commits.recordValue(System.nanoTime() - start);
        Pause.of(Duration.ofNanos((long) (1e9 / perSecond)));
      }
    } catch (SQLException e) {
      throw new BenchFailure("a raw insert failed", e);
    }
    return commits;
  }
}
