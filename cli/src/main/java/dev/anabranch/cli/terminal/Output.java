package dev.anabranch.cli.terminal;

import dev.anabranch.kernel.json.Json;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/// Where a command writes: results to standard output, everything else to standard error.
///
/// On a terminal values are laid out and coloured (unless `NO_COLOR` is set); in a pipe each result
/// is one line. Remarks and bars ask about standard error, results about standard output. What
/// cannot be written is not thrown into the command: it ends, and [#failure] says why.
public final class Output {

  private final RememberingStream stream;
  private final PrintWriter results;
  private final PrintWriter remarks;
  private final Terminals terminals;
  private final boolean colours;

  /// An output whose results are kept in memory, where writing cannot fail.
  ///
  /// @param terminals whether somebody looks at it
  /// @param colours whether they want colours
  public Output(PrintWriter results, PrintWriter remarks, Terminals terminals, boolean colours) {
    this(
        new RememberingStream(OutputStream.nullOutputStream()),
        results,
        remarks,
        terminals,
        colours);
  }

  private Output(
      RememberingStream stream,
      PrintWriter results,
      PrintWriter remarks,
      Terminals terminals,
      boolean colours) {
    this.stream = stream;
    this.results = results;
    this.remarks = remarks;
    this.terminals = terminals;
    this.colours = colours;
  }

  /// An output that nobody reads.
  public static Output nowhere() {
    PrintWriter nothing = new PrintWriter(Writer.nullWriter());
    return new Output(nothing, nothing, Terminals.NONE, false);
  }

  /// An output in a pipe or a file.
  public static Output to(OutputStream results, PrintWriter remarks) {
    return to(results, remarks, Terminals.NONE, false);
  }

  /// The output of this process.
  public static Output of(
      OutputStream results, PrintWriter remarks, Map<String, String> environment) {
    Terminals terminals = Terminals.ofProcess(System.getProperties());
    return to(results, remarks, terminals, environment.getOrDefault("NO_COLOR", "").isEmpty());
  }

  private static Output to(
      OutputStream results, PrintWriter remarks, Terminals terminals, boolean colours) {
    RememberingStream stream = new RememberingStream(results);
    PrintWriter writer = new PrintWriter(stream, false, StandardCharsets.UTF_8);
    return new Output(stream, writer, remarks, terminals, colours);
  }

  /// Whether somebody looks at the results.
  public boolean isTerminal() {
    return terminals.results();
  }

  /// Whether somebody looks at standard error, where remarks and bars go.
  public boolean isWatched() {
    return terminals.remarks();
  }

  /// A line of results.
  public void line(String text) {
    results.println(text);
    results.flush();
  }

  /// One line of many results; [#flush] brings the last ones out.
  public void lineOfMany(String text) {
    results.println(text);
  }

  /// Brings out what was written.
  public void flush() {
    results.flush();
  }

  /// Whether what is written arrives nowhere any more: because whoever read it has gone, or because
  /// of a [#failure].
  public boolean isBroken() {
    return results.checkError();
  }

  /// Why results that were written are lost, as a sentence; empty when none are, and when their
  /// reader has gone, who wants no more of them.
  public Optional<String> failure() {
    results.flush();
    return stream
        .failure()
        .map(failure -> "standard output cannot be written: " + failure.getMessage());
  }

  /// A writer of results for who knows no output; every line comes out at once.
  public PrintWriter writer() {
    return new PrintWriter(results, true);
  }

  /// A value: laid out on a terminal, one line otherwise.
  ///
  /// @param compact one line in any case
  public void value(Json value, boolean compact) {
    line(isTerminal() && !compact ? Layout.of(value) : value.text());
  }

  /// Something for whoever looks, not for whoever reads the results.
  public void remark(String text) {
    remarks.println(text);
    remarks.flush();
  }

  /// The same in a colour, where standard error is a terminal that wants it.
  public void remark(Colour colour, String text) {
    remark(isWatched() && colours ? colour.around(text) : text);
  }

  /// A text among results in a colour, where they go to a terminal that wants it.
  public String in(Colour colour, String text) {
    return isTerminal() && colours ? colour.around(text) : text;
  }

  /// The colours that commands use.
  public enum Colour {
    GREEN("\u001B[32m"),
    YELLOW("\u001B[33m"),
    RED("\u001B[31m"),
    CYAN("\u001B[36m"),
    FAINT("\u001B[2m");

    private final String code;

    Colour(String code) {
      this.code = code;
    }

    private String around(String text) {
      return code + text + "\u001B[0m";
    }
  }
}
