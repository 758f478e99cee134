package dev.anabranch.cli.terminal;

import dev.anabranch.kernel.json.Json;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.Map;

/// Where a command writes: results to standard output, everything else to standard error.
///
/// On a terminal values are laid out and coloured (unless `NO_COLOR` is set); in a pipe each result
/// is one line.
public final class Output {

  private final PrintWriter results;
  private final PrintWriter remarks;
  private final boolean terminal;
  private final boolean colours;

  /// An output.
  ///
  /// @param terminal whether somebody looks at it
  /// @param colours whether they want colours
  public Output(PrintWriter results, PrintWriter remarks, boolean terminal, boolean colours) {
    this.results = results;
    this.remarks = remarks;
    this.terminal = terminal;
    this.colours = colours;
  }

  /// An output that nobody reads.
  public static Output nowhere() {
    PrintWriter nothing = new PrintWriter(Writer.nullWriter());
    return new Output(nothing, nothing, false, false);
  }

  /// The output of this process.
  public static Output of(
      PrintWriter results, PrintWriter remarks, Map<String, String> environment) {
    boolean terminal = System.console() != null && System.console().isTerminal();
    boolean colours = terminal && environment.getOrDefault("NO_COLOR", "").isEmpty();
    return new Output(results, remarks, terminal, colours);
  }

  /// Whether somebody looks at it.
  public boolean isTerminal() {
    return terminal;
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

  /// Whether whoever read the results reads no more.
  public boolean isBroken() {
    return results.checkError();
  }

  /// A value: laid out on a terminal, one line otherwise.
  ///
  /// @param compact one line in any case
  public void value(Json value, boolean compact) {
    line(terminal && !compact ? Layout.of(value) : value.text());
  }

  /// Something for whoever looks, not for whoever reads the results.
  public void remark(String text) {
    remarks.println(text);
    remarks.flush();
  }

  /// A text in a colour, on a terminal that wants it.
  public String in(Colour colour, String text) {
    return colours ? colour.code + text + "\u001B[0m" : text;
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
  }
}
