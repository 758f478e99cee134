package dev.anabranch.link;

import java.util.concurrent.CompletionStage;

/// Sends requests to servers.
@FunctionalInterface
public interface HttpCaller {
  /// Calls; any status is an answer.
  ///
  /// @return fails with a [LinkFailure] when there is no whole answer in time, or it exceeds the
  ///   caller's bound
  CompletionStage<HttpAnswer> call(HttpCall call);
}
