package dev.anabranch.testkit;

import dev.anabranch.kernel.grant.Authority;
import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonArray;
import dev.anabranch.kernel.json.JsonBoolean;
import dev.anabranch.kernel.json.JsonNull;
import dev.anabranch.kernel.json.JsonNumber;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.json.JsonString;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.kernel.log.WriteHash;
import dev.anabranch.kernel.mark.Mark;
import dev.anabranch.kernel.mark.Marked;
import dev.anabranch.kernel.store.Credential;
import dev.anabranch.kernel.store.DeviceState;
import dev.anabranch.kernel.store.Effects;
import dev.anabranch.kernel.store.Remembered;
import dev.anabranch.kernel.store.ScopeHead;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A journal's records as bytes; [JournalReader] reads them back.
final class JournalWriter {

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  static byte[] write(JournalRecord record) {
    JournalWriter writer = new JournalWriter();
    switch (record) {
      case JournalRecord.Committed(Effects effects) -> writer.put('C').effects(effects);
      case JournalRecord.FloorRaised floor -> {
        writer.put('F').head(floor.head());
        writer.each(floor.moved(), writer::entity);
      }
      case JournalRecord.CredentialKept(Credential credential) ->
          writer.put('K').credential(credential);
      case JournalRecord.Restored restored ->
          writer.put('R').number(restored.epoch()).number(restored.restoredId());
    }
    return writer.out.toByteArray();
  }

  private void effects(Effects effects) {
    number(effects.headId()).number(effects.headHlc());
    each(
        effects.logged(),
        logged -> {
          change(logged.change());
          hash(logged.hash());
        });
    each(effects.entities(), this::entity);
    each(effects.remembered(), this::remembered);
    each(effects.devices(), this::device);
    each(effects.scopes(), this::head);
    each(effects.marked(), this::marked);
    each(effects.unmarked(), this::number);
    each(
        effects.erased(),
        erasure -> {
          key(erasure.entity());
          number(erasure.seq());
          each(List.copyOf(erasure.authors()), author -> text(author.text()));
        });
  }

  private void marked(Marked marked) {
    change(marked.change());
    Mark mark = marked.mark();
    Long expiresAt = mark.expiresAt();
    number(mark.tie()).number(mark.author()).number(mark.kind()).number(mark.time());
    flag(expiresAt != null).number(expiresAt == null ? 0 : expiresAt);
    each(mark.tags(), this::number);
    each(List.copyOf(mark.words()), this::text);
  }

  private void change(Change change) {
    number(change.id()).number(change.seq());
    key(change.entity());
    text(change.action().word()).number(change.version());
    json(change.data());
    bytes(change.body());
    text(change.key().text()).text(change.author().text());
    text(change.cause().device().text()).number(change.cause().n()).number(change.cause().base());
    number(change.hlc()).number(change.prior());
    bytes(change.proof());
    text(change.origin()).number(change.at()).flag(change.erased());
  }

  private void entity(Entity entity) {
    key(entity.key());
    number(entity.version());
    json(entity.data());
    bytes(entity.body());
    json(entity.ruleState());
    flag(entity.deleted()).number(entity.createdAt()).number(entity.updatedAt());
    number(entity.id()).number(entity.seq());
  }

  private void remembered(Remembered answer) {
    text(answer.of().scope().text()).text(answer.of().principal().text());
    text(answer.of().key().text());
    hash(answer.hash());
    switch (answer.outcome()) {
      case Outcome.Applied(long id, long seq, long version, Entity ignored) ->
          put('A').number(id).number(seq).number(version);
      case Outcome.Conflict(Entity current) -> {
        put('C').flag(current != null);
        if (current != null) {
          entity(current);
        }
      }
      case Outcome.Refused refused ->
          put('R').text(refused.fault().code().name()).text(refused.fault().detail());
      case Outcome.Duplicate ignored -> throw new IllegalArgumentException("not a first answer");
    }
  }

  private void device(DeviceState device) {
    text(device.scope().text()).text(device.device().text()).text(device.principal().text());
    number(device.n()).number(device.base());
  }

  private void head(ScopeHead head) {
    text(head.scope().text()).number(head.seq()).number(head.id());
    number(head.floorSeq()).number(head.floorId());
  }

  private void credential(Credential credential) {
    text(credential.kind()).text(credential.publicId()).text(credential.principal().text());
    bytes(credential.secretHash());
    Authority authority = credential.authority();
    each(authority.scopes(), pattern -> text(pattern.text()));
    text(authority.ceiling().name()).flag(authority.mayCreate()).flag(authority.ownsServer());
    text(credential.label()).number(credential.createdAt());
    time(credential.expiresAt());
    time(credential.revokedAt());
  }

  private void time(@Nullable Long millis) {
    flag(millis != null).number(millis == null ? 0 : millis);
  }

  private void key(EntityKey key) {
    text(key.scope().text()).text(key.model().text()).text(key.id().text());
  }

  private void hash(WriteHash hash) {
    number(hash.high()).number(hash.low());
  }

  private void json(@Nullable Json value) {
    switch (value) {
      case null -> put('-');
      case JsonNull ignored -> put('0');
      case JsonBoolean truth -> put(truth.value() ? 't' : 'f');
      case JsonNumber(String literal) -> put('n').text(literal);
      case JsonString(String text) -> put('s').text(text);
      case JsonArray(List<Json> values) -> {
        put('a');
        each(values, this::json);
      }
      case JsonObject object -> {
        put('o');
        each(
            List.copyOf(object.fields().entrySet()),
            field -> {
              text(field.getKey());
              json(field.getValue());
            });
      }
    }
  }

  private void bytes(@Nullable Bytes bytes) {
    flag(bytes != null);
    if (bytes != null) {
      number(bytes.size());
      out.writeBytes(bytes.toArray());
    }
  }

  private <T> void each(List<T> values, Consumer<T> write) {
    number(values.size());
    values.forEach(write);
  }

  private JournalWriter put(char tag) {
    out.write(tag);
    return this;
  }

  private JournalWriter flag(boolean value) {
    return put(value ? '1' : '0');
  }

  private JournalWriter number(long value) {
    out.writeBytes(ByteBuffer.allocate(Long.BYTES).putLong(value).array());
    return this;
  }

  private JournalWriter text(String value) {
    byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
    number(utf8.length);
    out.writeBytes(utf8);
    return this;
  }
}
