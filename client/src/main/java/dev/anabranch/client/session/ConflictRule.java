package dev.anabranch.client.session;

/// Decides over conflicts as they are found.
///
/// Called in the middle of a transaction, so that the old write and the new one change places in
/// one moment: be quick, and do not call the client. To ask a person, answer [Conflict#keepTheirs]
/// and write again when the person has spoken; the write's outcome carries the conflict.
@FunctionalInterface
public interface ConflictRule {

  /// Every conflict is given up and told to whoever waits for the write's outcome.
  ConflictRule KEEP_THEIRS = Conflict::keepTheirs;

  /// Fields that only one side changed are merged; mine wins the clashes.
  ConflictRule MERGE_FIELDS = Conflict::merge;

  /// What to do.
  Resolution resolve(Conflict conflict);
}
