package dev.anabranch.protocol.nostr.server;

import dev.anabranch.kernel.Finder;
import dev.anabranch.kernel.Kernel;
import dev.anabranch.kernel.Memberships;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.store.StoreFailure;
import dev.anabranch.link.Admission;
import dev.anabranch.link.Handshake;
import dev.anabranch.link.HttpAnswer;
import dev.anabranch.link.Link;
import dev.anabranch.link.LinkAcceptor;
import dev.anabranch.link.LinkHandler;
import dev.anabranch.link.LinkSession;
import dev.anabranch.link.door.Gateway;
import dev.anabranch.link.limit.AddressNetwork;
import dev.anabranch.link.limit.GcraTable;
import dev.anabranch.nostr.event.EventId;
import dev.anabranch.nostr.filter.Filter;
import dev.anabranch.nostr.key.PublicKey;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The relay's front door: links come in here, sessions are made.
public final class NostrGateway implements Gateway {
  /// The gateway's name in changes (`origin`).
  public static final String ORIGIN = "nostr";

  private static final int CHALLENGE_BYTES = 16;

  private final Surroundings here;
  private final Supplier<RelayInformation> information;
  private final Optional<MembershipNews> news;
  private final Set<SessionHandler> sessions = ConcurrentHashMap.newKeySet();
  private final JsonObject own;

  /// What every session needs.
  ///
  /// @param addresses rates of what addresses publish
  /// @param askers rates of what addresses ask
  /// @param authors rates of authors
  /// @param reconciled the records that all reconciliations together may hold
  /// @param waiting the bytes of events that all connections together may have waiting
  /// @param membership answers who wants an invite (NIP-43)
  /// @param hosts the names by which clients may know this relay
  /// @param identities whose keys are
  /// @param rights who may see events of scopes
  /// @param openKeys connections by their keys
  record Surroundings(
      Finder finder,
      NostrPolicy policy,
      Publisher publisher,
      LiveFeed feed,
      NostrSeams seams,
      NostrObserver observer,
      GcraTable<AddressNetwork> addresses,
      GcraTable<AddressNetwork> askers,
      GcraTable<PublicKey> authors,
      SharedRoom reconciled,
      SharedRoom waiting,
      Optional<Membership> membership,
      Set<String> hosts,
      Identities identities,
      EventRights rights,
      OpenKeys openKeys) {

    long nowSeconds() {
      return seams.clock().millis() / 1000;
    }
  }

  /// A gateway to a kernel. To be made before anything is committed.
  ///
  /// @param memberships in which scopes somebody has a right
  /// @param recent the events that the model's [EventMarking] need not parse again
  /// @param hosts the names by which clients may know this relay; an authentication for another one
  ///   does not count
  /// @param identities whose keys are
  /// @param kinds which events are taken as the seeds mean them, as the kernel's [EventDerivation]
  ///   takes them
  /// @param bridge the key that the server itself signs with; null = it has none
  public NostrGateway(
      Kernel kernel,
      Finder finder,
      Memberships memberships,
      NostrPolicy policy,
      NostrGuards guards,
      RecentEvents recent,
      Supplier<RelayInformation> information,
      Set<String> hosts,
      Identities identities,
      SeedKinds kinds,
      @Nullable PublicKey bridge,
      NostrSeams seams,
      NostrObserver observer) {
    this.information = information;
    this.own = own(kinds, bridge);
    EventRights rights = new EventRights(kernel);
    NostrLimits limits = policy.limits();
    LiveFeed feed = new LiveFeed(finder, seams, recent, observer, rights, policy);
    SeedChanges changes = new SeedChanges(kernel.models().canonical("message").orElseThrow());
    Publisher.Seeds seeds = new Publisher.Seeds(identities, kinds, changes, memberships, bridge);
    Publisher publisher =
        new Publisher(kernel, finder, feed, rights, recent, policy, seams, guards, seeds);
    this.news = guards.membership().map(members -> new MembershipNews(members, publisher, seams));
    this.here =
        new Surroundings(
            finder,
            policy,
            publisher,
            feed,
            seams,
            observer,
            new GcraTable<>(limits.address(), limits.trackedMax()),
            new GcraTable<>(limits.addressRequests(), limits.trackedMax()),
            new GcraTable<>(limits.author(), limits.trackedMax()),
            new SharedRoom(limits.reconciledRecordsMax()),
            new SharedRoom(limits.waitingBytesMax()),
            guards.membership(),
            Set.copyOf(hosts),
            identities,
            rights,
            new OpenKeys());
  }

  /// The relay's own key, and which events it takes for chats, settings and training data.
  private static JsonObject own(SeedKinds kinds, @Nullable PublicKey bridge) {
    JsonObject own = JsonObject.EMPTY.with("seed_kinds", kinds.name().toLowerCase(Locale.ROOT));
    return bridge == null ? own : own.with("self", bridge.hex());
  }

  /// The keys of open connections.
  public Set<PublicKey> keys() {
    return here.openKeys().keys();
  }

  /// What is known of a key no longer holds: it was linked, let go or revoked. Its connections end,
  /// and whoever it is now authenticates anew. From any thread.
  public void changed(PublicKey key) {
    here.openKeys().end(key);
  }

  /// What the relay says of itself (NIP-11).
  public HttpAnswer information() {
    return information.get().answer(here.policy(), own);
  }

  /// Who may write and read, or what a client can cost, has changed: whoever is here and may no
  /// longer be is sent off. From any thread.
  public void accessChanged() {
    NostrLimits limits = here.policy().limits();
    here.addresses().change(limits.address());
    here.askers().change(limits.addressRequests());
    here.authors().change(limits.author());
    sessions.forEach(session -> session.link.post(session.session::accessChanged));
    tellMembers();
  }

  /// Publishes who the members are, where that is not known yet (NIP-43).
  public void tellMembers() {
    news.ifPresent(told ->
        told.tell()
            .whenComplete((done, failure) -> {
              if (failure != null && !(NostrLink.causeOf(failure) instanceof StoreFailure)) {
                here.observer().failed(NostrLink.causeOf(failure));
              }
            }));
  }

  /// Erases what the rules do not keep; to be called once in a while, not twice at a time.
  ///
  /// @return how many events were erased
  public CompletionStage<Long> retain(List<RetentionRule> rules) {
    return new EventRetention(here.finder(), here.publisher().erasure(), rules)
        .run(here.nowSeconds());
  }

  /// Erases what is banned now, for good.
  public CompletionStage<Boolean> eraseBanned() {
    NostrAccess access = here.policy().access();
    Erasure erasure = here.publisher().erasure();
    return erasure
        .eraseEvery(Filter.ANY.withAuthors(access.banned()))
        .thenCompose(ignored -> erasure.standing(access.bannedEntities()))
        .thenCompose(ids -> {
          access.bannedEvents().forEach(id -> ids.add(new EventId(id)));
          return erasure.eraseEvery(Filter.ANY.withIds(ids));
        });
  }

  /// How many subscriptions there are.
  public int subscriptions() {
    return here.feed().count();
  }

  /// How many new events wait to be told to subscriptions.
  public int waitingEvents() {
    return here.feed().waitingEvents();
  }

  /// Erases what has expired; to be called about once a minute.
  public CompletionStage<Boolean> expire() {
    return here.publisher().erasure().expire();
  }

  @Override
  public boolean opensWith(String firstFrame) {
    return firstFrame.stripLeading().startsWith("[");
  }

  @Override
  public LinkHandler open(Link link, Handshake handshake) {
    return new SessionHandler(link, handshake);
  }

  /// Lets links in that hear the challenge at once, as Nostr's clients expect; those whose first
  /// frame is another protocol's go on to `others`.
  ///
  /// @param isForAll whether a handshake may lead to the others too
  public LinkAcceptor orElse(LinkAcceptor others, Predicate<Handshake> isForAll) {
    return handshake ->
        others
            .admit(handshake)
            .thenApply(admission ->
                admission instanceof Admission.Accepted accepted
                    ? accepted.withSession(link ->
                        isForAll.test(handshake)
                            ? new FirstFrame(link, handshake, accepted.session())
                            : new SessionHandler(link, handshake))
                    : admission);
  }

  private String challenge() {
    byte[] bytes = new byte[CHALLENGE_BYTES];
    here.seams().random().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /// A link that is Nostr's until its first frame says otherwise.
  private final class FirstFrame implements LinkHandler {
    private final Link link;
    private final SessionHandler nostr;
    private LinkHandler chosen;
    private @Nullable LinkSession others; // until the first frame: it holds the whole handshake

    private FirstFrame(Link link, Handshake handshake, LinkSession others) {
      this.link = link;
      this.others = others;
      this.nostr = new SessionHandler(link, handshake);
      this.chosen = nostr;
    }

    @Override
    public void opened() {
      nostr.opened();
    }

    @Override
    public void text(String message) {
      choose(opensWith(message)).text(message);
    }

    @Override
    public void binary(byte[] message) {
      choose(false).binary(message);
    }

    private LinkHandler choose(boolean isNostr) {
      LinkSession another = others;
      others = null;
      if (another != null && !isNostr) {
        nostr.leave();
        chosen = another.open(link);
        chosen.opened();
      }
      return chosen;
    }

    @Override
    public void writable() {
      chosen.writable();
    }

    @Override
    public void closed(int code, String reason) {
      chosen.closed(code, reason);
    }
  }

  /// One link: what comes in goes to its session.
  private final class SessionHandler implements LinkHandler {
    private final NostrLink link;
    private final NostrSession session;

    private SessionHandler(Link link, Handshake handshake) {
      this.link = new NostrLink(link, here.observer());
      this.session = new NostrSession(here, this.link, handshake.peer(), here.hosts(), challenge());
    }

    @Override
    public void opened() {
      sessions.add(this);
      here.observer().opened();
      link.run(session::begin);
    }

    /// The link is another protocol's.
    private void leave() {
      sessions.remove(this);
      link.gone();
      here.observer().closed();
    }

    @Override
    public void text(String message) {
      link.run(() -> session.receive(message));
    }

    @Override
    public void binary(byte[] message) {
      link.run(session::binary);
    }

    @Override
    public void writable() {
      link.runAndFlush(session::writable);
    }

    @Override
    public void closed(int code, String reason) {
      sessions.remove(this);
      link.gone();
      session.end();
      here.observer().closed();
    }
  }
}
