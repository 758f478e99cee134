package dev.anabranch.crdt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.crdt.encoding.Any;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// Does again what npm yjs did, and wants the same bytes at every step.
final class RecordedSession {
  private static final InstantSource CLOCK = InstantSource.fixed(Instant.EPOCH.plusSeconds(1));

  private final String name;
  private final List<Replica> replicas = new ArrayList<>();
  private final List<UpdateV1> updatesV1 = new ArrayList<>();
  private final List<UpdateV2> updatesV2 = new ArrayList<>();
  private int operations;

  RecordedSession(RecordLine header) {
    name = "seed " + header.number("seed") + " " + header.text("profile");
    for (Any client : header.list("clients")) {
      long id = (long) ((Any.Number) client).value();
      replicas.add(new Replica(id, header.flag("gc"), header.text("profile")));
    }
  }

  int operations() {
    return operations;
  }

  /// One copy of the document.
  private static final class Replica {
    final Document document;
    final UndoHistory undo;
    final List<UpdateV1> outV1 = new ArrayList<>();
    final List<UpdateV2> outV2 = new ArrayList<>();

    Replica(long client, boolean gc, String profile) {
      document = Document.create(new DocumentOptions(client, new Random(client), gc, true));
      document.onUpdateV1(told -> outV1.add(told.update()));
      document.onUpdateV2(told -> outV2.add(told.update()));
      List<SharedType> roots =
          List.of(
              document.text("t"),
              document.array("a"),
              document.map("m"),
              document.xmlFragment("x"));
      UndoOptions options = UndoOptions.usual(CLOCK).capturing(Long.MAX_VALUE);
      undo = UndoHistory.of(roots, options);
      if (!profile.equals("undo") && !profile.equals("mixed")) {
        undo.close();
      }
    }
  }

  void play(RecordLine line, int number) {
    String where = name + ", line " + number;
    switch (line.text("t")) {
      case "edit" -> {
        Replica replica = replicas.get(line.number("r"));
        replica.document.transact(null, transaction -> edit(replica, line.list("ops")));
        operations += line.list("ops").size();
        expect(where, replica, line.list("out"));
      }
      case "undo" -> act(where, line, replica -> replica.undo.undo());
      case "redo" -> act(where, line, replica -> replica.undo.redo());
      case "stop" -> act(where, line, replica -> replica.undo.stopCapturing());
      case "apply" -> act(where, line, replica -> apply(where, replica, line));
      case "state" -> compareState(where, replicas.get(line.number("r")).document, line);
      case "tools" -> compareTools(where, line);
      default -> throw new IllegalArgumentException(line.text("t"));
    }
  }

  private void act(String where, RecordLine line, java.util.function.Consumer<Replica> action) {
    Replica replica = replicas.get(line.number("r"));
    action.accept(replica);
    operations += line.text("t").equals("apply") ? 0 : 1;
    expect(where, replica, line.list("out"));
  }

  private void apply(String where, Replica replica, RecordLine line) {
    List<Integer> numbers = numbers(line.list("u"));
    Update update =
        line.number("v") == 1
            ? Updates.mergeV1(numbers.stream().map(updatesV1::get).toList())
            : Updates.mergeV2(numbers.stream().map(updatesV2::get).toList());
    assertThat(Updates.inspect(update)).as(where).isNotNull();
    replica.document.apply(update, "remote");
  }

  private void expect(String where, Replica replica, List<Any> expected) {
    assertThat(replica.outV1).as(where + " updates").hasSize(expected.size());
    for (int i = 0; i < expected.size(); i++) {
      List<Any> pair = ((Any.Array) expected.get(i)).values();
      same(where + " update v1 " + i, replica.outV1.get(i).bytes(), RecordLine.bytes(pair.get(0)));
      same(where + " update v2 " + i, replica.outV2.get(i).bytes(), RecordLine.bytes(pair.get(1)));
    }
    updatesV1.addAll(replica.outV1);
    updatesV2.addAll(replica.outV2);
    replica.outV1.clear();
    replica.outV2.clear();
  }

  private static void compareState(String where, Document document, RecordLine line) {
    same(where + " vector", document.stateVector().encode(), line.bytes("vector"));
    same(where + " state v1", document.encodeV1().bytes(), line.bytes("v1"));
    same(where + " state v2", document.encodeV2().bytes(), line.bytes("v2"));
    Snapshot snapshot = document.snapshot();
    same(where + " snapshot v1", snapshot.encodeV1(), line.bytes("snapshot1"));
    same(where + " snapshot v2", snapshot.encodeV2(), line.bytes("snapshot2"));
    assertThat(Snapshot.decodeV1(snapshot.encodeV1())).as(where).isEqualTo(snapshot);
    assertThat(Snapshot.decodeV2(snapshot.encodeV2())).as(where).isEqualTo(snapshot);
    assertThat(document.text("t").text()).as(where).isEqualTo(line.text("text"));
    assertThat(document.xmlFragment("x").toString()).as(where).isEqualTo(line.text("xml"));
    for (Any entry : line.list("positions")) {
      comparePosition(where, document, ((Any.Array) entry).values());
    }
    for (Any entry : line.list("found")) {
      List<Any> pair = ((Any.Array) entry).values();
      RelativePosition position = RelativePosition.decode(RecordLine.bytes(pair.getFirst()));
      assertThat(position.in(document).map(RelativePosition.Place::index).orElse(-1))
          .as(where + " place of " + position)
          .isEqualTo((int) ((Any.Number) pair.getLast()).value());
    }
  }

  private static void comparePosition(String where, Document document, List<Any> entry) {
    SharedType type = targetOf(document, entry.get(0));
    int index = (int) ((Any.Number) entry.get(1)).value();
    int association = (int) ((Any.Number) entry.get(2)).value();
    RelativePosition position = RelativePosition.at(type, index, association);
    same(where + " position", position.encode(), RecordLine.bytes(entry.get(3)));
    assertThat(RelativePosition.decode(position.encode()).in(document))
        .as(where)
        .hasValueSatisfying(place -> assertThat(place.index()).isEqualTo(index));
  }

  private void compareTools(String where, RecordLine line) {
    List<Integer> numbers = numbers(line.list("u"));
    UpdateV1 v1 = Updates.mergeV1(numbers.stream().map(updatesV1::get).toList());
    UpdateV2 v2 = Updates.mergeV2(numbers.stream().map(updatesV2::get).toList());
    StateVector known = StateVector.decode(line.bytes("known"));
    same(where + " merge v1", v1.bytes(), line.bytes("merged1"));
    same(where + " merge v2", v2.bytes(), line.bytes("merged2"));
    same(where + " diff v1", Updates.diffV1(v1, known).bytes(), line.bytes("diff1"));
    same(where + " diff v2", Updates.diffV2(v2, known).bytes(), line.bytes("diff2"));
    same(where + " vector", Updates.stateVectorOf(v1).encode(), line.bytes("vector"));
    same(where + " to v2", Updates.toV2(v1).bytes(), line.bytes("to2"));
    same(where + " to v1", Updates.toV1(v2).bytes(), line.bytes("to1"));
  }

  private static void edit(Replica replica, List<Any> operations) {
    for (Any operation : operations) {
      RecordLine line = RecordLine.of(operation);
      edit(targetOf(replica.document, line.any("at")), line);
    }
  }

  private static void edit(SharedType target, RecordLine line) {
    switch (target) {
      case SharedText text -> editText(text, line);
      case SharedArray array -> editArray(array, line);
      case SharedMap map -> editMap(map, line);
      case SharedXmlElement element -> editElement(element, line);
      case SharedXmlFragment fragment -> editXml(fragment, line);
      case SharedXmlHook hook -> {
        if (line.text("k").equals("removeKey")) {
          hook.document()
              .transact(null, t -> MapEditing.remove(t, hook.branch(), line.text("key")));
        } else if (line.text("k").equals("putDocument")) {
          hook.document()
              .transact(
                  null,
                  t ->
                      MapEditing.put(
                          t,
                          hook.branch(),
                          line.text("key"),
                          new DocumentContent(newDocument(line))));
        } else if (line.text("k").equals("putType")) {
          hook.document()
              .transact(
                  null,
                  t -> MapEditing.put(t, hook.branch(), line.text("key"), newType(line).content()));
        } else {
          hook.put(line.text("key"), line.value("v"));
        }
      }
    }
  }

  private static void editText(SharedText text, RecordLine line) {
    switch (line.text("k")) {
      case "insert" -> text.insert(line.number("i"), line.text("s"));
      case "insertMarked" -> text.insert(line.number("i"), line.text("s"), line.marks("m"));
      case "delete" -> text.delete(line.number("i"), line.number("n"));
      case "format" -> text.format(line.number("i"), line.number("n"), line.marks("m"));
      case "embed" -> text.insertEmbed(line.number("i"), line.value("v"), line.marks("m"));
      case "attribute" -> text.setAttribute(line.text("key"), line.value("v"));
      case "delta" ->
          text.applyDelta(
              List.of(
                  new DeltaOperation.Retain(line.number("i"), Map.of()),
                  new DeltaOperation.InsertText(line.text("s"), Map.of()),
                  new DeltaOperation.Retain(line.number("n"), line.marks("m")),
                  new DeltaOperation.Delete(1)));
      default -> throw new IllegalArgumentException(line.text("k"));
    }
  }

  private static void editArray(SharedArray array, RecordLine line) {
    switch (line.text("k")) {
      case "insertValues" -> array.insert(line.number("i"), values(line));
      case "append" -> array.append(values(line));
      case "remove" -> array.delete(line.number("i"), line.number("n"));
      case "insertType" -> array.insertType(line.number("i"), newType(line));
      case "insertDocument" -> array.insertDocument(line.number("i"), newDocument(line));
      default -> throw new IllegalArgumentException(line.text("k"));
    }
  }

  private static void editMap(SharedMap map, RecordLine line) {
    switch (line.text("k")) {
      case "put" -> map.put(line.text("key"), line.value("v"));
      case "removeKey" -> map.remove(line.text("key"));
      case "putType" -> map.putType(line.text("key"), newType(line));
      case "putDocument" -> map.putDocument(line.text("key"), newDocument(line));
      default -> throw new IllegalArgumentException(line.text("k"));
    }
  }

  private static void editElement(SharedXmlElement element, RecordLine line) {
    switch (line.text("k")) {
      case "put" -> element.setAttribute(line.text("key"), line.value("v"));
      case "removeKey" -> element.removeAttribute(line.text("key"));
      default -> editXml(element, line);
    }
  }

  private static void editXml(SharedXmlFragment fragment, RecordLine line) {
    switch (line.text("k")) {
      case "insertType" -> fragment.insert(line.number("i"), newType(line));
      case "remove" -> fragment.delete(line.number("i"), line.number("n"));
      default -> throw new IllegalArgumentException(line.text("k"));
    }
  }

  private static List<Any> values(RecordLine line) {
    return line.list("v").stream().map(RecordLine::decoded).toList();
  }

  private static NewType newType(RecordLine line) {
    TypeKind kind = TypeKind.valueOf(line.text("kind"));
    return switch (kind) {
      case XML_ELEMENT -> NewType.xmlElement("P");
      case XML_HOOK -> NewType.xmlHook("hook");
      default -> new NewType(kind, "");
    };
  }

  private static Subdocument newDocument(RecordLine line) {
    Any meta = line.value("v");
    return Subdocument.named(
        line.text("s"), line.flag("auto"), meta instanceof Any.Null ? null : meta);
  }

  private static SharedType targetOf(Document document, Any at) {
    if (at instanceof Any.Text(String root)) {
      return rootOf(document, root);
    }
    List<Any> id = ((Any.Array) at).values();
    ClientBlocks client = document.store().client((long) ((Any.Number) id.get(0)).value());
    assertThat(client).isNotNull();
    Item item = (Item) client.find((int) ((Any.Number) id.get(1)).value());
    return SharedType.of(((TypeContent) item.content).branch);
  }

  private static SharedType rootOf(Document document, String name) {
    return switch (name) {
      case "t" -> document.text(name);
      case "a" -> document.array(name);
      case "m" -> document.map(name);
      default -> document.xmlFragment(name);
    };
  }

  private static List<Integer> numbers(List<Any> values) {
    return values.stream().map(value -> (int) ((Any.Number) value).value()).toList();
  }

  private static void same(String what, byte[] ours, byte[] theirs) {
    if (!java.util.Arrays.equals(ours, theirs)) {
      assertThat(Base64.getEncoder().encodeToString(ours))
          .as(what)
          .isEqualTo(Base64.getEncoder().encodeToString(theirs));
    }
  }
}
