package dev.anabranch.protocol.nostr.server;

import dev.anabranch.kernel.Answer;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

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
    PublicKey key = request.author();
    if (book.access().members().contains(key)) {
      return done(said(request, Prefix.DUPLICATE.reason("you are a member already")));
    }
    Invites.Read code = invites.read(request.tag("claim").map(Tag::value).orElse(""));
    if (!code.isOurs()) {
      return refused(request, "that invite code is none of this relay's");
    }
    long nowSeconds = nowSeconds();
    if (code.untilSeconds() < nowSeconds) {
      return refused(request, "that invite code is expired");
    }
    Subject used = new Subject(Subject.Sort.INVITE, code.name());
    return decided(
        request,
        "welcome",
        () -> {
          if (book.moderation().of(used).isPresent()) {
            return forbidden("that invite code was used");
          }
          List<Decision> decisions = new ArrayList<>(book.moderation().outdated(nowSeconds));
          decisions.add(new Decision(used, new Standing(Word.NEITHER, key.hex())));
          decisions.add(new Decision(Subject.of(key), Standing.joined()));
          return new Answer.Given<>(decisions);
        });
  }

  private CompletionStage<Published> leave(Event request) {
    PublicKey key = request.author();
    if (!book.access().members().contains(key)) {
      return done(said(request, Prefix.DUPLICATE.reason("you are no member")));
    }
    return decided(
        request,
        "you are no member any more",
        () ->
            new Answer.Given<>(
                List.of(
                    new Decision(
                        Subject.of(key), book.isNamedElsewhere(key) ? Standing.left() : null))));
  }

  /// Decides in one turn; nothing about a key that is banned when the turn has come.
  private CompletionStage<Published> decided(
      Event request, String answer, Supplier<Answer<List<Decision>>> rule) {
    return book.decide(() ->
            book.access().banned().contains(request.author())
                ? forbidden("this key is banned here")
                : rule.get())
        .thenApply(fault ->
            fault.isPresent()
                ? Published.refused(request.id(), NostrChanges.refusal(fault.get()))
                : said(request, Prefix.INFO.reason(answer)));
  }

  private static Answer<List<Decision>> forbidden(String detail) {
    return new Answer.Refused<>(new Fault(FaultCode.FORBIDDEN, detail));
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
    List<Tag> all = new ArrayList<>(List.of(Tag.of("-")));
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
