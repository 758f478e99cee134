package dev.anabranch.crdt;

import dev.anabranch.crdt.encoding.Any;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A document that stands in another by name; its content is a matter of its own.
public final class Subdocument {
  private final String guid;
  private final Any.Object options;
  private @Nullable Item item;
  private boolean opened;

  private Subdocument(String guid, Any.Object options) {
    this.guid = guid;
    this.options = options;
  }

  /// A document to be put into another.
  ///
  /// @param guid the name under which its content is found
  /// @param autoLoad whether everybody should load it at once
  /// @param meta what the program wants to say about it, or nothing
  public static Subdocument named(String guid, boolean autoLoad, @Nullable Any meta) {
    Map<String, Any> options = new LinkedHashMap<>();
    if (autoLoad) {
      options.put("autoLoad", Any.of(true));
    }
    if (meta != null) {
      options.put("meta", meta);
    }
    return new Subdocument(guid, new Any.Object(options));
  }

  /// Keeps of the options what Yjs keeps: `gc` if off, `autoLoad` if on, `meta` if there.
  static Subdocument of(String guid, Any options) {
    Map<String, Any> given = options instanceof Any.Object object ? object.entries() : Map.of();
    Map<String, Any> kept = new LinkedHashMap<>();
    Any collects = given.getOrDefault("gc", Any.UNDEFINED);
    if (!(collects instanceof Any.Undefined) && !isTrue(collects)) {
      kept.put("gc", Any.of(false));
    }
    if (isTrue(given.getOrDefault("autoLoad", Any.UNDEFINED))) {
      kept.put("autoLoad", Any.of(true));
    }
    Any meta = given.getOrDefault("meta", Any.NULL);
    if (!(meta instanceof Any.Null) && !(meta instanceof Any.Undefined)) {
      kept.put("meta", meta);
    }
    return new Subdocument(guid, new Any.Object(kept));
  }

  public String guid() {
    return guid;
  }

  public boolean isAutoLoaded() {
    return options.entries().containsKey("autoLoad");
  }

  public @Nullable Any meta() {
    return options.entries().get("meta");
  }

  /// Whether it stands in a document and was not deleted there.
  public boolean isPresent() {
    return item != null && !item.isDeleted();
  }

  /// An empty document for the content, with the client id of the document it stands in. Opened
  /// once more, it has the options' own: two copies that write under one id would diverge.
  public Document open(DocumentOptions options) {
    if (item == null) {
      throw new IllegalStateException("subdocument " + guid + " stands in no document");
    }
    boolean isFirst = !opened;
    opened = true;
    return Document.create(
        isFirst ? options.withClientId(item.branch().document().clientId()) : options);
  }

  Any.Object options() {
    return options;
  }

  void attach(Item item) {
    this.item = item;
  }

  /// Truth as JavaScript sees it.
  private static boolean isTrue(Any value) {
    return switch (value) {
      case Any.Null ignored -> false;
      case Any.Undefined ignored -> false;
      case Any.Flag flag -> flag.value();
      case Any.Number number -> number.value() != 0 && !Double.isNaN(number.value());
      case Any.BigInteger big -> big.value() != 0;
      case Any.Text text -> !text.value().isEmpty();
      case Any.Binary ignored -> true;
      case Any.Array ignored -> true;
      case Any.Object ignored -> true;
    };
  }
}
