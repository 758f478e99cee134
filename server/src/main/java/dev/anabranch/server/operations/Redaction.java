package dev.anabranch.server.operations;

import java.util.regex.Pattern;

/// Takes secrets out of a line before it is written, wherever in it they stand.
///
/// Nothing should log a secret in the first place; this is the net below.
public final class Redaction {

  private static final Pattern TOKEN = Pattern.compile("(anb_[a-z2-7]{16}_)[a-z2-7]+");
  private static final Pattern BEARER = Pattern.compile("(?i)(bearer\\s+)[^\\s\",;]+");
  private static final Pattern PARAMETER =
      Pattern.compile(
          "(?i)((?:access_|auth_)?(?:token|password|passwd|secret)\"?\\s*[=:]\\s*\"?)[^\\s&\",;)]+");
  private static final Pattern USER_INFO = Pattern.compile("(://[^/\\s:@]*:)[^@/\\s]+@");

  private Redaction() {}

  /// The line without secrets.
  public static String of(String line) {
    String clean = TOKEN.matcher(line).replaceAll("$1(hidden)");
    clean = BEARER.matcher(clean).replaceAll("$1(hidden)");
    clean = PARAMETER.matcher(clean).replaceAll("$1(hidden)");
    return USER_INFO.matcher(clean).replaceAll("$1(hidden)@");
  }
}
