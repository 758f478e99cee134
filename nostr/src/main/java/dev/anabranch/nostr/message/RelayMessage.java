package dev.anabranch.nostr.message;

import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.EventId;
import dev.anabranch.nostr.text.Parsed;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What a relay says.
public sealed interface RelayMessage {

  /// Reads what a relay says.
  static Parsed<RelayMessage> parse(byte[] json, MessageLimits limits) {
    return RelayMessageReader.parse(json, limits);
  }

  /// The compact JSON.
  default String json() {
    StringBuilder out = new StringBuilder();
    new RelayMessageWriter(out).write(this);
    return out.toString();
  }

  /// `["EVENT",id,event]`: an event that was asked for.
  record Delivery(SubscriptionId subscription, Event event) implements RelayMessage {

    /// What stands before the event's own JSON; behind it follows `]`. So one copy of an event
    /// serves every subscription.
    public static String opening(SubscriptionId subscription) {
      return RelayMessageWriter.opening(subscription);
    }
  }

  /// `["OK",id,accepted,reason]`: what became of an event.
  ///
  /// @param reason begins with a [Prefix] when the event was not accepted; may be empty otherwise
  record Ok(EventId id, boolean isAccepted, String reason) implements RelayMessage {}

  /// `["OK",id,false,reason]`: what was to be an event is none, and its id may be none either.
  ///
  /// @param id as it came
  /// @param reason begins with a [Prefix]
  record NoEvent(String id, String reason) implements RelayMessage {}

  /// `["EOSE",id]`: what was stored has been told; what follows is new.
  ///
  /// @param extent whether that was all (NIP-67); null: the relay does not say
  record EndOfStored(SubscriptionId subscription, @Nullable Extent extent)
      implements RelayMessage {}

  /// How much of what matches has been told (NIP-67).
  enum Extent {
    /// Everything that matches.
    FINISH("finish"),
    /// There is more than the limit let through.
    MORE("more");

    private final String word;

    Extent(String word) {
      this.word = word;
    }

    String word() {
      return word;
    }
  }

  /// `["CLOSED",id,reason]`: the relay refused a subscription or ended it.
  record Closed(SubscriptionId subscription, String reason) implements RelayMessage {}

  /// `["NOTICE",text]`: something for people.
  record Notice(String text) implements RelayMessage {}

  /// `["AUTH",challenge]`: prove who you are over this (NIP-42).
  record Challenge(String challenge) implements RelayMessage {}

  /// `["COUNT",id,{…}]`: how many there are (NIP-45).
  ///
  /// @param isApproximate whether the count is an estimate
  /// @param registers of HyperLogLog, 512 lowercase hexadecimal digits; null: none
  record Counted(
      SubscriptionId query, long count, boolean isApproximate, @Nullable String registers)
      implements RelayMessage {

    public Counted {
      Objects.requireNonNull(query, "query");
    }
  }

  /// `["NEG-MSG",id,hex]`: the next message of a reconciliation (NIP-77).
  record ReconcileNext(SubscriptionId reconciliation, String message) implements RelayMessage {}

  /// `["NEG-ERR",id,reason]`: a reconciliation has failed.
  ///
  /// @param recordsMax how many records a filter may match; 0: the relay does not say
  record ReconcileError(SubscriptionId reconciliation, String reason, long recordsMax)
      implements RelayMessage {}
}
