package dev.anabranch.server.configuration;

/// Section `[metrics]`: who may read `/metrics`.
///
/// @param open everybody; otherwise this machine and the operator's tokens only
public record MetricsSettings(boolean open) {

  static MetricsSettings read(Section section) {
    return new MetricsSettings(section.flag("open", false));
  }
}
