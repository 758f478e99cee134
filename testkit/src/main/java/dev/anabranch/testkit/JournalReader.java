package dev.anabranch.testkit;

import dev.anabranch.kernel.grant.Authority;
import dev.anabranch.kernel.grant.Right;
import dev.anabranch.kernel.grant.ScopePattern;
import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonArray;
import dev.anabranch.kernel.json.JsonBoolean;
import dev.anabranch.kernel.json.JsonNull;
import dev.anabranch.kernel.json.JsonNumber;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.json.JsonString;
import dev.anabranch.kernel.log.Action;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.Cause;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.DeviceId;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.FaultCode;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.WriteHash;
import dev.anabranch.kernel.log.WriteKey;
import dev.anabranch.kernel.mark.Mark;
import dev.anabranch.kernel.mark.Marked;
import dev.anabranch.kernel.store.Credential;
import dev.anabranch.kernel.store.DeviceState;
import dev.anabranch.kernel.store.Effects;
import dev.anabranch.kernel.store.Remembered;
import dev.anabranch.kernel.store.ScopeHead;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Reads what [JournalWriter] wrote, in the same order.
final class JournalReader {

  private final ByteBuffer in;

  private JournalReader(byte[] payload) {
    this.in = ByteBuffer.wrap(payload);
  }

  static JournalRecord read(byte[] payload) {
    JournalReader reader = new JournalReader(payload);
    char kind = reader.tag();
    return switch (kind) {
      case 'C' -> new JournalRecord.Committed(reader.effects());
      case 'F' -> new JournalRecord.FloorRaised(reader.head(), reader.each(reader::entity));
      case 'K' -> new JournalRecord.CredentialKept(reader.credential());
      case 'R' -> new JournalRecord.Restored(reader.number(), reader.number());
      default -> throw new IllegalStateException("a journal record of kind " + kind);
    };
  }

  private Effects effects() {
    return new Effects(
        number(),
        number(),
        each(() -> new Effects.Logged(change(), hash())),
        each(this::entity),
        each(this::remembered),
        each(this::device),
        each(this::head),
        each(this::marked),
        each(this::number),
        each(() ->
            new Effects.Erasure(
                key(), number(), new HashSet<>(each(() -> new PrincipalId(text()))))));
  }

  private Marked marked() {
    Change change = change();
    long tie = number();
    long author = number();
    int kind = Math.toIntExact(number());
    long time = number();
    boolean expires = flag();
    long expiresAt = number();
    return new Marked(
        change,
        new Mark(
            tie,
            author,
            kind,
            time,
            expires ? expiresAt : null,
            each(this::number),
            new HashSet<>(each(this::text))));
  }

  private Change change() {
    return new Change(
        number(),
        number(),
        key(),
        Action.ofWord(text()).orElseThrow(),
        number(),
        object(),
        bytes(),
        new WriteKey(text()),
        new PrincipalId(text()),
        new Cause(new DeviceId(text()), number(), number()),
        number(),
        number(),
        bytes(),
        text(),
        number(),
        flag());
  }

  private Entity entity() {
    return new Entity(
        key(),
        number(),
        Objects.requireNonNull(object()),
        bytes(),
        object(),
        flag(),
        number(),
        number(),
        number(),
        number());
  }

  private Remembered remembered() {
    Remembered.Name name =
        new Remembered.Name(new ScopeName(text()), new PrincipalId(text()), new WriteKey(text()));
    return new Remembered(name, hash(), outcome());
  }

  private Outcome outcome() {
    char kind = tag();
    return switch (kind) {
      case 'A' -> new Outcome.Applied(number(), number(), number(), null);
      case 'C' -> new Outcome.Conflict(flag() ? entity() : null);
      case 'R' -> Outcome.refused(FaultCode.valueOf(text()), text());
      default -> throw new IllegalStateException("an outcome of kind " + kind);
    };
  }

  private DeviceState device() {
    return new DeviceState(
        new ScopeName(text()), new DeviceId(text()), new PrincipalId(text()), number(), number());
  }

  private ScopeHead head() {
    return new ScopeHead(new ScopeName(text()), number(), number(), number(), number());
  }

  private Credential credential() {
    return new Credential(
        text(),
        text(),
        new PrincipalId(text()),
        bytes(),
        authority(),
        text(),
        number(),
        time(),
        time());
  }

  private Authority authority() {
    return new Authority(
        each(() -> new ScopePattern(text())), Right.valueOf(text()), flag(), flag());
  }

  private @Nullable Long time() {
    boolean there = flag();
    long millis = number();
    return there ? millis : null;
  }

  private EntityKey key() {
    return new EntityKey(new ScopeName(text()), new ModelName(text()), new EntityId(text()));
  }

  private WriteHash hash() {
    return new WriteHash(number(), number());
  }

  private @Nullable JsonObject object() {
    return (JsonObject) json();
  }

  private @Nullable Json json() {
    char kind = tag();
    return switch (kind) {
      case '-' -> null;
      case '0' -> JsonNull.NULL;
      case 't' -> JsonBoolean.TRUE;
      case 'f' -> JsonBoolean.FALSE;
      case 'n' -> new JsonNumber(text());
      case 's' -> new JsonString(text());
      case 'a' -> new JsonArray(each(this::value));
      case 'o' -> fields();
      default -> throw new IllegalStateException("a JSON value of kind " + kind);
    };
  }

  private Json value() {
    return Objects.requireNonNull(json());
  }

  private JsonObject fields() {
    Map<String, Json> fields = new LinkedHashMap<>();
    for (long left = number(); left > 0; left--) {
      fields.put(text(), value());
    }
    return JsonObject.of(fields);
  }

  private @Nullable Bytes bytes() {
    return flag() ? Bytes.of(run()) : null;
  }

  private <T> List<T> each(Supplier<T> read) {
    List<T> values = new ArrayList<>();
    for (long left = number(); left > 0; left--) {
      values.add(read.get());
    }
    return values;
  }

  private char tag() {
    return (char) in.get();
  }

  private boolean flag() {
    return tag() == '1';
  }

  private long number() {
    return in.getLong();
  }

  private String text() {
    return new String(run(), StandardCharsets.UTF_8);
  }

  private byte[] run() {
    byte[] run = new byte[Math.toIntExact(number())];
    in.get(run);
    return run;
  }
}
