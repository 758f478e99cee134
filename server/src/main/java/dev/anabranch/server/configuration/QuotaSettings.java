package dev.anabranch.server.configuration;

/// Section `[quotas]`: how much one principal may have in the log, whichever way it came in.
///
/// @param changesMax 0 = any number of changes
/// @param bytesMax of what they say; 0 = any number
public record QuotaSettings(long changesMax, long bytesMax) {

  private static final long MEBIBYTE = 1024 * 1024;

  static QuotaSettings read(Section section) {
    int most = Integer.MAX_VALUE;
    return new QuotaSettings(
        section.number("principal_changes_max", 0, 0, most),
        MEBIBYTE * section.number("principal_mebibytes_max", 0, 0, most));
  }
}
