package dev.anabranch.protocol.nostr.server;

import dev.anabranch.kernel.log.Fault;
import dev.anabranch.kernel.log.FaultCode;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.Tag;
import dev.anabranch.nostr.event.UnsignedEvent;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.nostr.message.Prefix;
import dev.anabranch.nostr.rule.Kinds;
import dev.anabranch.nostr.rule.Protection;
import dev.anabranch.protocol.nostr.server.NostrAccess.Who;
import dev.anabranch.protocol.nostr.server.Standing.Word;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// Who asks to join, to leave, or for an invite code (NIP-43). Members are the keys that the
/// relay's administrators allowed and those who joined.
///
/// The requests are for the relay alone: they are neither kept nor shown.
public final class Membership {

  /// How far the time of a request may be from ours, in seconds.
  private static final long SKEW_SECONDS_MAX = 600;

  private final ModerationBook book;
  private final SecretKey self;
  private final Terms terms;
  private final Invites invites;
  private final NostrSeams seams;

  /// Who gets invite codes, and how long they last.
  ///
  /// @param inviters who gets one for the asking; administrators always do
  /// @param administrators the relay's
  /// @param inviteSeconds how long one is good
  public record Terms(Who inviters, Set<PublicKey> administrators, int inviteSeconds) {
    public Terms {
      Objects.requireNonNull(inviters, "inviters");
      administrators = Set.copyOf(administrators);
    }
  }

  /// Membership of a relay.
  ///
  /// @param self the relay's own key
  public Membership(ModerationBook book, SecretKey self, Terms terms, NostrSeams seams) {
    this.book = book;
    this.self = self;
    this.terms = terms;
    this.invites = new Invites(self, seams.random());
    this.seams = seams;
  }

  SecretKey self() {
    return self;
  }

  ModerationBook book() {
    return book;
  }

  private long nowSeconds() {
    return seams.clock().millis() / 1000;
  }

  /// Whether an event is a request to the relay.
  static boolean isRequest(Event event) {
    return event.kind() == Kinds.JOIN_REQUEST || event.kind() == Kinds.LEAVE_REQUEST;
  }

  /// Answers a verified request to join or to leave.
  CompletionStage<Published> answer(Event request, Sender sender) {
    Optional<Refusal> no = refuses(request, sender);
    if (no.isPresent()) {
      return done(Published.refused(request.id(), no.get()));
    }
    return request.kind() == Kinds.JOIN_REQUEST ? join(request) : leave(request);
  }

  private Optional<Refusal> refuses(Event request, Sender sender) {
    if (!Protection.isProtected(request)) {
      return no(NostrFault.MALFORMED, "a request to join or leave has the tag \"-\" (NIP-43)");
    }
    if (!sender.keys().contains(request.author())) {
      return sender.keys().isEmpty()
          ? no(NostrFault.AUTH_REQUIRED, "authenticate the key that asks")
          : no(NostrFault.RESTRICTED, "the key that asks has not authenticated here");
    }
    if (Math.abs(request.createdAtSeconds() - nowSeconds()) > SKEW_SECONDS_MAX) {
      return no(NostrFault.MISDATED, "the request is not of now");
    }
    return book.access().banned().contains(request.author())
        ? no(NostrFault.RESTRICTED, "this key is banned here")
        : Optional.empty();
  }

  private CompletionStage<Published> join(Event request) {
    if (book.access().members().contains(request.author())) {
      return done(said(request, Prefix.DUPLICATE.reason("you are a member already")));
    }
    Invites.Read code = invites.read(request.tag("claim").map(Tag::value).orElse(""));
    if (!code.isOurs()) {
      return refused(request, "that invite code is none of this relay's");
    }
    if (code.untilSeconds() < nowSeconds()) {
      return refused(request, "that invite code is expired");
    }
    Subject used = new Subject(Subject.Sort.INVITE, code.name());
    return book.decideOnce(used, new Standing(Word.NEITHER, request.author().hex()))
        .thenCompose(fault ->
            fault.isPresent() && !isUnfinished(used, request.author())
                ? done(failed(request, fault.get()))
                : decided(request, Word.ALLOWED, "joined by an invite", "welcome"));
  }

  /// Whether a code was used up by a key and then the database went away.
  private boolean isUnfinished(Subject used, PublicKey key) {
    Moderation known = book.moderation();
    return known.of(used).filter(by -> by.reason().equals(key.hex())).isPresent()
        && known.of(Subject.of(key)).isEmpty();
  }

  private CompletionStage<Published> leave(Event request) {
    return book.access().members().contains(request.author())
        ? decided(request, Word.NEITHER, "left", "you are no member any more")
        : done(said(request, Prefix.DUPLICATE.reason("you are no member")));
  }

  private CompletionStage<Published> decided(
      Event request, Word word, String reason, String answer) {
    return book.decide(Subject.of(request.author()), new Standing(word, reason))
        .thenApply(fault ->
            fault.isPresent()
                ? failed(request, fault.get())
                : said(request, Prefix.INFO.reason(answer)));
  }

  private static Published failed(Event request, Fault fault) {
    return fault.code() == FaultCode.SUPERSEDED
        ? Published.refused(
            request.id(), new Refusal(NostrFault.RESTRICTED, "that invite code was used"))
        : Published.refused(request.id(), NostrChanges.refusal(fault));
  }

  private static CompletionStage<Published> refused(Event request, String detail) {
    return done(Published.refused(request.id(), new Refusal(NostrFault.RESTRICTED, detail)));
  }

  private static Published said(Event request, String note) {
    return new Published(request.id(), null, note);
  }

  /// An invite for somebody with these keys, made for this one time; empty when they get none.
  Optional<Event> invite(Set<PublicKey> keys) {
    boolean mayInvite =
        keys.stream().anyMatch(terms.administrators()::contains)
            || switch (terms.inviters()) {
              case ANYONE -> true;
              case AUTHENTICATED -> !keys.isEmpty();
              case MEMBERS -> book.access().hasMember(keys);
            };
    if (!mayInvite) {
      return Optional.empty();
    }
    String code = invites.code(nowSeconds() + terms.inviteSeconds());
    return Optional.of(signed(Kinds.INVITE, nowSeconds(), List.of(Tag.of("claim", code))));
  }

  /// An event of the relay's own, protected.
  Event signed(int kind, long createdAtSeconds, List<Tag> tags) {
    List<Tag> all = new java.util.ArrayList<>(List.of(Tag.of("-")));
    all.addAll(tags);
    return new UnsignedEvent(self.publicKey(), createdAtSeconds, kind, all, "").sign(self);
  }

  private static Optional<Refusal> no(NostrFault fault, String detail) {
    return Optional.of(new Refusal(fault, detail));
  }

  private static CompletionStage<Published> done(Published published) {
    return CompletableFuture.completedFuture(published);
  }
}
