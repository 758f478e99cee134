package dev.anabranch.house;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// The project's files as they stand in the checkout, without what is built or private to an
/// editor.
final class Checkout {
  /// Folders that `.gitignore` names, and Git's own.
  private static final Set<String> NOT_COMMITTED =
      Set.of(
          ".cifuzz-corpus",
          ".git",
          ".idea",
          ".jqwik-database",
          ".settings",
          ".vscode",
          "data",
          "dist",
          "node_modules",
          "target");

  private static final String SOURCES = "/src/main/java/";
  private static final String CLASSES = "/target/classes/";

  private final Path root;

  private Checkout(Path root) {
    this.root = root;
  }

  /// The checkout that holds the folder the tests run in.
  static Checkout ofThisBuild() {
    Path folder = Path.of("").toAbsolutePath();
    while (folder != null && !Files.exists(folder.resolve("LICENSE"))) {
      folder = folder.getParent();
    }
    if (folder == null) {
      throw new IllegalStateException("no LICENSE above " + Path.of("").toAbsolutePath());
    }
    return new Checkout(folder);
  }

  /// All files, relative to the root, sorted.
  List<Path> files() {
    List<Path> files = new ArrayList<>();
    try {
      Files.walkFileTree(
          root,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
              return isCommitted(folder) ? FileVisitResult.CONTINUE : FileVisitResult.SKIP_SUBTREE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              if (attributes.isRegularFile() && isCommitted(file)) {
                files.add(root.relativize(file));
              }
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    return files.stream().sorted().toList();
  }

  /// Where a file of [#files()] stands.
  Path absolute(Path file) {
    return root.resolve(file);
  }

  /// The lines of a file of [#files()].
  List<String> lines(Path file) {
    try {
      return Files.readAllLines(root.resolve(file));
    } catch (IOException failure) {
      throw new UncheckedIOException("cannot read " + file, failure);
    }
  }

  /// The names of the packages that have sources of what runs.
  List<String> packages() {
    return packageFolders().map(folder -> afterSources(folder).replace('/', '.')).toList();
  }

  /// The folders of those packages, relative to the root.
  Stream<Path> packageFolders() {
    return files().stream()
        .filter(file -> file.toString().endsWith(".java"))
        .filter(file -> file.toString().contains(SOURCES))
        .map(Path::getParent)
        .distinct();
  }

  /// The class files of what runs, of every module that is built.
  List<Path> programClasses() {
    return modules()
        .map(module -> root.resolve(module).resolve("target/classes"))
        .filter(Files::isDirectory)
        .flatMap(Checkout::classesIn)
        .toList();
  }

  /// The binary names of those classes, the introductions of packages left out.
  List<String> programClassNames() {
    return programClasses().stream()
        .map(Checkout::className)
        .filter(name -> !name.endsWith(".package-info"))
        .toList();
  }

  private Stream<Path> modules() {
    return files().stream()
        .filter(file -> file.getFileName().toString().equals("pom.xml"))
        .map(Path::getParent)
        .filter(parent -> parent != null);
  }

  private static String className(Path classFile) {
    String file = classFile.toString();
    int start = file.indexOf(CLASSES) + CLASSES.length();
    return file.substring(start, file.length() - ".class".length()).replace('/', '.');
  }

  private static Stream<Path> classesIn(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.toString().endsWith(".class")).toList().stream();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static String afterSources(Path folder) {
    String text = folder.toString();
    return text.substring(text.indexOf(SOURCES) + SOURCES.length());
  }

  private static boolean isCommitted(Path path) {
    return !NOT_COMMITTED.contains(path.getFileName().toString());
  }
}
