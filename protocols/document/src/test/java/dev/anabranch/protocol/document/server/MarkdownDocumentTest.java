package dev.anabranch.protocol.document.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.crdt.Document;
import dev.anabranch.crdt.DocumentOptions;
import dev.anabranch.crdt.SharedText;
import dev.anabranch.crdt.SharedXmlFragment;
import dev.anabranch.crdt.encoding.Any;
import dev.anabranch.crdt.encoding.JavaScriptJson;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Documents as Markdown: ProseMirror's trees and rich texts.
class MarkdownDocumentTest {
  private static final Any ON = Any.of(true);

  private final Document document = Document.create(DocumentOptions.forEditing(new Random(1)));

  private String tree(String nodes) {
    SharedXmlFragment root = document.xmlFragment("tree");
    Any.Array list = (Any.Array) JavaScriptJson.parse("[" + nodes.replace('\'', '"') + "]");
    list.values().forEach(node -> NodeJson.insert(root, root.length(), node));
    return MarkdownDocument.of(root);
  }

  private static String paragraph(String content) {
    return "{'type':'paragraph','content':[" + content + "]}";
  }

  private static String words(String text) {
    return "{'type':'text','text':'" + text + "'}";
  }

  private static String words(String text, String mark) {
    return "{'type':'text','text':'" + text + "','marks':[{'type':'" + mark + "'}]}";
  }

  @Test
  void blocksStandApart() {
    assertThat(
            tree(
                "{'type':'heading','attrs':{'level':2},'content':["
                    + words("Title")
                    + "]},"
                    + paragraph(words("One."))
                    + ",{'type':'blockquote','content':["
                    + paragraph(words("Said."))
                    + ","
                    + paragraph(words("Again."))
                    + "]},{'type':'horizontalRule'},"
                    + "{'type':'codeBlock','attrs':{'language':'java'},'content':["
                    + words("int a = b*c;")
                    + "]}"))
        .isEqualTo(
            """
            ## Title

            One.

            > Said.
            >
            > Again.

            ---

            ```java
            int a = b*c;
            ```
            """);
  }

  @Test
  void listsNestAndTasksHaveBoxes() {
    String item = "{'type':'listItem','content':[%s]}";
    String inner =
        "{'type':'orderedList','attrs':{'start':3},'content':["
            + item.formatted(paragraph(words("c")))
            + ","
            + item.formatted(paragraph(words("d")))
            + "]}";
    assertThat(
            tree(
                "{'type':'bulletList','content':["
                    + item.formatted(paragraph(words("a")))
                    + ","
                    + item.formatted(paragraph(words("b")) + "," + inner)
                    + "]},{'type':'taskList','content':["
                    + "{'type':'taskItem','attrs':{'checked':true},'content':["
                    + paragraph(words("done"))
                    + "]},{'type':'taskItem','attrs':{'checked':false},'content':["
                    + paragraph(words("open"))
                    + "]}]}"))
        .isEqualTo(
            """
            - a
            - b
              3. c
              4. d

            - [x] done
            - [ ] open
            """);
  }

  @Test
  void tablesHaveALineUnderTheirHead() {
    String cell = "{'type':'tableCell','content':[%s]}";
    assertThat(
            tree(
                "{'type':'table','content':[{'type':'tableRow','content':["
                    + cell.formatted(paragraph(words("a|b")))
                    + ","
                    + cell.formatted(paragraph(words("c")))
                    + "]},{'type':'tableRow','content':["
                    + cell.formatted(paragraph(words("1")))
                    + ","
                    + cell.formatted(paragraph(words("2")))
                    + "]}]}"))
        .isEqualTo("| a\\|b | c |\n| --- | --- |\n| 1 | 2 |\n");
  }

  @Test
  void marksOpenAndCloseWhereTheyBeginAndEnd() {
    String nodes =
        words("all ", "italic")
            + ",{'type':'text','text':'bold','marks':[{'type':'strong'},{'type':'em'}]},"
            + words(" and more ", "bold")
            + ","
            + words("here");

    assertThat(tree(paragraph(nodes))).isEqualTo("*all* ***bold* and more** here\n");
  }

  @Test
  void linksImagesCodeAndBreaks() {
    assertThat(
            tree(
                paragraph(
                    "{'type':'text','text':'here','marks':[{'type':'link','attrs':{'href':'https://a.example/x"
                        + " y'}}]},"
                        + words(" and ")
                        + ","
                        + words("a`b", "code")
                        + ",{'type':'hardBreak'},{'type':'image','attrs':{'src':'p.png','alt':'a"
                        + " [b]'}}")))
        .isEqualTo("[here](<https://a.example/x y>) and ``a`b``\\\n![a \\[b\\]](p.png)\n");
  }

  @Test
  void whatLooksLikeMarkdownIsNoMarkdown() {
    assertThat(tree(paragraph(words("# no *heading*, 1_000")) + "," + paragraph(words("1. none"))))
        .isEqualTo("\\# no \\*heading\\*, 1\\_000\n\n1\\. none\n");
  }

  @Test
  void aRichTextHasLinesOfKinds() {
    SharedText text = document.text("body");
    text.insert(0, "Title\nA bold word.\none\ntwo\nint a;\nint b;\nend");
    text.format(5, 1, Map.of("header", Any.of(1)));
    text.format(8, 4, Map.of("bold", ON));
    text.format(22, 1, Map.of("list", Any.of("ordered")));
    text.format(26, 1, Map.of("list", Any.of("ordered")));
    text.format(33, 1, Map.of("code-block", ON));
    text.format(40, 1, Map.of("code-block", ON));

    assertThat(MarkdownDocument.of(text))
        .isEqualTo(
            """
            # Title

            A **bold** word.

            1. one
            2. two

            ```
            int a;
            int b;
            ```

            end
            """);
  }

  @Test
  void aTextWithoutMarksIsGivenAsItIs() {
    SharedText text = document.text("body");
    text.insert(0, "# Already *Markdown*\n- a");

    assertThat(MarkdownDocument.of(text)).isEqualTo("# Already *Markdown*\n- a");
  }

  @Test
  void mapsAreABlockOfJson() {
    document.map("meta").put("a", Any.of(1));

    assertThat(MarkdownDocument.of(document.map("meta"))).isEqualTo("```json\n{\"a\":1}\n```\n");
  }

  @Test
  void anAddressStandsInOneLineWhateverItIsMadeOf() {
    assertThat(MarkdownWords.destination("http://a/ \r\n  b\n\nc")).isEqualTo("http://a/bc");
    assertThat(MarkdownWords.destination("a b")).isEqualTo("<a b>");
    assertThat(MarkdownWords.destination("a(b)<c>")).isEqualTo("<a(b)%3Cc%3E>");
  }

  @Test
  @Timeout(60)
  void textsThatAreMadeToTakeLongDoNot() {
    String blanks = "x" + " ".repeat(400_000) + "y";
    String signs = "`".repeat(1_000_000);

    assertThat(MarkdownWords.destination(blanks)).isEqualTo("<" + blanks + ">");
    SharedText text = document.text("text");
    text.insert(0, signs, Map.of("code", ON));
    assertThat(MarkdownDocument.of(text)).isEqualTo(signs + "` " + signs + " `" + signs + "\n");
    assertThat(tree("{'type':'codeBlock','content':[" + words(signs) + "]}"))
        .isEqualTo(signs + "`\n" + signs + "\n" + signs + "`\n");
  }
}
