package dev.anabranch.bench.row;

import java.util.List;

/// Every row, in the order of the table.
public final class Rows {
  private Rows() {}

  /// All of them.
  public static List<Row> all() {
    return List.of(
        new IntegrityRow(),
        new WritesRow(),
        new LatencyRow(),
        new FanOutRow(),
        new IdleRow(),
        new BootstrapRow(),
        new CatchUpRow(),
        new StallRow(),
        new StartRow(),
        new CrdtRow(),
        new DocumentsRow(),
        new IdleDocumentsRow(),
        new RelayRow(),
        new RelayLiveRow());
  }
}
