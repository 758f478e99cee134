package dev.anabranch.protocol.document.server;

import dev.anabranch.crdt.SharedText;
import dev.anabranch.crdt.SharedType;
import dev.anabranch.crdt.SharedXmlFragment;
import dev.anabranch.crdt.encoding.JavaScriptJson;

/// A root as Markdown (CommonMark, with GitHub's tables, task lists and strike).
///
/// A tree of XML goes by the names that ProseMirror's and TipTap's schemas use, a text by the marks
/// that Quill uses; a text that has no marks is given as it is, for it may be Markdown itself; maps
/// and arrays stand as a block of JSON. What Markdown has no sign for is left as its content.
final class MarkdownDocument {
  private MarkdownDocument() {}

  static String of(SharedType root) {
    return switch (root) {
      case SharedText text -> MarkdownLines.of(text);
      case SharedXmlFragment xml -> MarkdownTree.of(xml);
      case SharedType other ->
          "```json\n" + JavaScriptJson.stringify(ReadDocument.value(other)) + "\n```\n";
    };
  }
}
