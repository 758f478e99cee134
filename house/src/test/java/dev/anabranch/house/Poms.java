package dev.anabranch.house;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.SAXException;

/// What the modules' POMs say of their dependencies, as far as it decides what is on a class path.
final class Poms {

  /// One dependency as a POM declares it.
  ///
  /// @param group the group's id
  /// @param artifact the artifact's id
  /// @param scope Maven's scope; `compile` when the POM names none
  /// @param exclusions what is left out below it, each as `group:artifact`, `*` for any
  record Dependency(String group, String artifact, String scope, List<String> exclusions) {

    /// Whether whoever depends on the module needs it at run time too.
    boolean isNeededAtRunTime() {
      return scope.equals("compile") || scope.equals("runtime");
    }

    boolean is(Dependency other) {
      return group.equals(other.group) && artifact.equals(other.artifact);
    }

    boolean isExcluded(List<String> exclusions) {
      return exclusions.contains(group + ":" + artifact) || exclusions.contains(group + ":*");
    }
  }

  private static final String OURS = "dev.anabranch";

  private final Map<String, List<Dependency>> modules;

  /// @param modules what each module declares, by its artifact's id
  Poms(Map<String, List<Dependency>> modules) {
    this.modules = modules;
  }

  /// Those of a checkout.
  static Poms of(Checkout checkout) {
    Map<String, List<Dependency>> modules = new TreeMap<>();
    for (Path file : checkout.files()) {
      if (file.getFileName().toString().equals("pom.xml")) {
        Element project = read(checkout.absolute(file));
        modules.put(text(project, "artifactId", ""), dependencies(project));
      }
    }
    return new Poms(modules);
  }

  /// The artifacts' ids of all modules.
  List<String> modules() {
    return List.copyOf(modules.keySet());
  }

  /// Where a module declares something for its tests or its compiler alone which what it is made of
  /// needs to run: the nearest declaration wins, and the class path lacks it.
  List<String> hidden() {
    List<String> hidden = new ArrayList<>();
    modules.forEach((module, declared) -> {
      for (Dependency narrow : declared) {
        if (!narrow.isNeededAtRunTime()) {
          for (String needing : needing(narrow, declared, List.of())) {
            hidden.add(
                "%s declares %s with scope %s, but runs %s, which needs it"
                    .formatted(module, narrow.artifact(), narrow.scope(), needing));
          }
        }
      }
    });
    return hidden;
  }

  /// The modules among and below some dependencies that need an artifact to run.
  private List<String> needing(
      Dependency artifact, List<Dependency> declared, List<String> exclusions) {
    List<String> needing = new ArrayList<>();
    for (Dependency each : declared) {
      boolean isBelow =
          each.group().equals(OURS) && each.isNeededAtRunTime() && !each.isExcluded(exclusions);
      if (isBelow) {
        List<String> below = new ArrayList<>(exclusions);
        below.addAll(each.exclusions());
        List<Dependency> its = modules.getOrDefault(each.artifact(), List.of());
        if (!artifact.isExcluded(below)
            && its.stream().anyMatch(one -> one.isNeededAtRunTime() && one.is(artifact))) {
          needing.add(each.artifact());
        }
        needing.addAll(needing(artifact, its, below));
      }
    }
    return needing.stream().distinct().toList();
  }

  private static Element read(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return DocumentBuilderFactory.newDefaultInstance()
          .newDocumentBuilder()
          .parse(in)
          .getDocumentElement();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    } catch (SAXException | ParserConfigurationException failure) {
      throw new IllegalStateException("cannot read " + file, failure);
    }
  }

  private static List<Dependency> dependencies(Element project) {
    return children(project, "dependencies").stream()
        .flatMap(all -> children(all, "dependency").stream())
        .map(Poms::dependency)
        .toList();
  }

  private static Dependency dependency(Element element) {
    List<String> exclusions =
        children(element, "exclusions").stream()
            .flatMap(all -> children(all, "exclusion").stream())
            .map(one -> text(one, "groupId", "*") + ":" + text(one, "artifactId", "*"))
            .toList();
    return new Dependency(
        text(element, "groupId", ""),
        text(element, "artifactId", ""),
        text(element, "scope", "compile"),
        exclusions);
  }

  private static String text(Element parent, String name, String absent) {
    List<Element> found = children(parent, name);
    return found.isEmpty() ? absent : found.getFirst().getTextContent().strip();
  }

  private static List<Element> children(Element parent, String name) {
    List<Element> children = new ArrayList<>();
    for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
      if (node instanceof Element element && element.getTagName().equals(name)) {
        children.add(element);
      }
    }
    return children;
  }
}
