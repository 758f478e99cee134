package dev.anabranch.bench.document;

import dev.anabranch.bench.setting.Settings;

/// Both sides of the row, with the same number of rounds.
public final class DocumentSpeed {
  private static final int QUICK_WARM_UPS = 5;
  private static final int QUICK_ROUNDS = 3;
  private static final int WARM_UPS = 12;
  private static final int ROUNDS = 9;

  private final int warmUps;
  private final int rounds;

  private DocumentSpeed(int warmUps, int rounds) {
    this.warmUps = warmUps;
    this.rounds = rounds;
  }

  /// As many rounds as the run has time for.
  public static DocumentSpeed of(Settings settings) {
    return settings.quick()
        ? new DocumentSpeed(QUICK_WARM_UPS, QUICK_ROUNDS)
        : new DocumentSpeed(WARM_UPS, ROUNDS);
  }

  /// This project's figures.
  public DocumentFigures own() {
    return new CrdtSpeed(Keystrokes.read(), warmUps, rounds).measure();
  }

  /// The figures of npm yjs, which is compiled after fewer rounds and takes longer for each.
  public DocumentFigures yjs() {
    return YjsSpeed.measure(Keystrokes.read().file(), 1, QUICK_ROUNDS);
  }
}
