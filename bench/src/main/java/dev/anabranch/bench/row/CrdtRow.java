package dev.anabranch.bench.row;

import dev.anabranch.bench.document.DocumentFigures;
import dev.anabranch.bench.document.DocumentSpeed;
import dev.anabranch.bench.report.Better;
import dev.anabranch.bench.report.Findings;
import dev.anabranch.bench.report.Numbers;
import dev.anabranch.bench.setting.Bench;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/// Documents without a server: a paper typed, sent, loaded and observed, beside npm yjs.
final class CrdtRow implements Row {
  private static final String MILLIS = "ms";

  @Override
  public String name() {
    return "crdt";
  }

  @Override
  public String title() {
    return "documents: 259,778 keystrokes of a paper, processor time";
  }

  @Override
  public Better better() {
    return Better.LESS;
  }

  @Override
  public void measure(Bench bench, Findings findings) {
    DocumentSpeed speed = DocumentSpeed.of(bench.settings());
    Optional<DocumentFigures> own = findings.attempt("Anabranch", speed::own);
    Optional<DocumentFigures> yjs = findings.attempt("yjs", speed::yjs);
    own.ifPresent(figures -> print(findings, "Anabranch", figures));
    yjs.ifPresent(figures -> print(findings, "yjs", figures));
    own.ifPresent(figures -> check(findings, figures, yjs));
  }

  private static void print(Findings findings, String who, DocumentFigures figures) {
    findings.figure(who + ": typed", figures.typed(), MILLIS, "one update per keystroke");
    findings.figure(who + ": applied", figures.applied(), MILLIS, "the updates one by one");
    findings.figure(who + ": loaded", figures.loaded(), MILLIS, "");
    findings.figure(who + ": heap", figures.heapMegabytes(), "MB", "one loaded document");
    findings.figure(who + ": typed with a mark", figures.typedWithMark(), MILLIS, "");
    findings.figure(
        who + ": observed",
        figures.observed(),
        MILLIS,
        "60,000 remote keystrokes with deltas, " + Numbers.text(figures.remote()) + " ms without");
    findings.figure(
        who + ": merged",
        figures.merged4000(),
        MILLIS,
        "4,000 one-client updates; 2,000 in "
            + Numbers.text(figures.merged2000())
            + " ms, 1,000 in "
            + Numbers.text(figures.merged1000())
            + " ms");
  }

  private static void check(Findings findings, DocumentFigures own, Optional<DocumentFigures> yjs) {
    Bars bars = new Bars(findings, own, yjs);
    bars.atMost("typed", DocumentFigures::typed, 100, " ms");
    bars.atMost("applied", DocumentFigures::applied, 80, " ms");
    bars.atMost("loaded", DocumentFigures::loaded, 5, " ms");
    bars.atMost("heap", DocumentFigures::heapMegabytes, 1.2, " MB");
    bars.atMost("one mark costs", DocumentFigures::markFactor, 1.5, " ×");
    bars.atMost("an observer costs", DocumentFigures::observerFactor, 1.3, " ×");
    bars.atMost("merged", DocumentFigures::merged4000, 20, " ms");
    bars.atMost("twice the updates cost", DocumentFigures::mergeGrowth, 2.2, " ×");
  }

  private record Bars(Findings findings, DocumentFigures own, Optional<DocumentFigures> yjs) {
    void atMost(String what, ToDoubleFunction<DocumentFigures> figure, double most, String unit) {
      double value = figure.applyAsDouble(own);
      String beside =
          yjs.map(peer -> ", yjs " + Numbers.text(figure.applyAsDouble(peer)) + unit).orElse("");
      findings.check(
          what + " " + Numbers.text(value) + unit + beside,
          "≤ " + Numbers.text(most) + unit,
          value <= most);
    }
  }
}
