package dev.anabranch.cli.terminal;

import java.util.List;
import java.util.Properties;

/// Which of the two streams that a command writes to somebody looks at.
///
/// The launcher asks the shell and hands the answer over ([#PROPERTY]). Java itself can only say
/// whether standard input and output both are terminals, which is not what a bar on standard error
/// wants to know, and asking the machine (`isatty` by a foreign function) takes it a quarter of a
/// second (decision 0111).
///
/// @param results whether standard output is a terminal
/// @param remarks whether standard error is one
public record Terminals(boolean results, boolean remarks) {

  /// The system property that names the streams which are terminals: `out`, `err`, both with a
  /// comma between them, or nothing.
  public static final String PROPERTY = "anabranch.terminals";

  /// Nobody looks: pipes and files.
  public static final Terminals NONE = new Terminals(false, false);

  /// Those of this process. Without a launcher standard error is taken for what the others are.
  static Terminals ofProcess(Properties properties) {
    String said = properties.getProperty(PROPERTY);
    if (said == null) {
      boolean terminal = System.console() != null && System.console().isTerminal();
      return new Terminals(terminal, terminal);
    }
    List<String> named = List.of(said.split(",", -1));
    return new Terminals(named.contains("out"), named.contains("err"));
  }
}
