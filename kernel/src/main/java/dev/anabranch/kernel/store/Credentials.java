package dev.anabranch.kernel.store;

import dev.anabranch.kernel.log.PrincipalId;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Where credentials are kept; safe to call from any thread and from another process than the
/// owner's.
public interface Credentials {

  /// The most ids, or principals, of one question.
  int ASKED_MAX = 100;

  /// Keeps a new credential, and its principal when that is new; durable on return.
  void add(Credential credential);

  /// A credential by kind and public id, whether or not it still counts.
  Optional<Credential> find(String kind, String publicId);

  /// Keeps a credential in place of the one of the same kind and public id, if there is one;
  /// durable on return.
  void put(Credential credential);

  /// The same, unless the one that is there was revoked, also a moment ago by somebody else.
  ///
  /// @return whether it is kept
  boolean putUnlessRevoked(Credential credential);

  /// Credentials of a kind that name a principal, whether or not they still count, by public id; at
  /// most `countMax`.
  List<Credential> of(String kind, PrincipalId principal, int countMax);

  /// Those of these credentials of a kind that there are, whether or not they still count.
  ///
  /// @param publicIds at most [#ASKED_MAX]
  List<Credential> find(String kind, Set<String> publicIds);

  /// Credentials of a kind that name one of some principals, whether or not they still count, by
  /// public id; at most `countMax`.
  ///
  /// @param principals at most [#ASKED_MAX]
  List<Credential> of(String kind, Set<PrincipalId> principals, int countMax);

  /// Credentials of a kind by time of creation, at most `countMax`.
  List<Credential> list(String kind, int countMax);

  /// Whether there is a credential of a kind at all, whether or not it still counts.
  boolean any(String kind);

  /// Ends a credential from a moment on; whether there was one that still counted.
  boolean revoke(String kind, String publicId, long atMillis);
}
