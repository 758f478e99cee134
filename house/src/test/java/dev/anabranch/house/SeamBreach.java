package dev.anabranch.house;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LineNumber;
import java.lang.classfile.instruction.MonitorInstruction;
import java.lang.constant.ConstantDesc;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.AccessFlag;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/// One place where a class reaches past the seams.
///
/// @param className the binary name of the class
/// @param line the source line, 0 when the class file names none
/// @param what the banned call, as `Type.method`, `new Type`, `synchronized method` or `block`
record SeamBreach(String className, int line, String what) {
  /// Banned whatever their arguments.
  private static final Set<String> BANNED =
      Set.of(
          "java.lang.System.currentTimeMillis",
          "java.lang.System.nanoTime",
          "java.lang.Thread.sleep",
          "java.lang.Math.random",
          "java.lang.StrictMath.random",
          "java.lang.Object.wait",
          "java.lang.Object.notify",
          "java.lang.Object.notifyAll",
          "java.net.Socket.<init>",
          "java.net.ServerSocket.<init>",
          "java.net.DatagramSocket.<init>",
          "java.net.http.HttpClient.newHttpClient",
          "java.net.http.HttpClient.newBuilder",
          "java.nio.channels.SocketChannel.open",
          "java.nio.channels.ServerSocketChannel.open",
          "java.nio.channels.DatagramChannel.open",
          "java.security.SecureRandom.<init>",
          "java.time.Clock.systemUTC",
          "java.time.Clock.systemDefaultZone",
          "java.time.Clock.system",
          "java.time.InstantSource.system",
          "java.util.UUID.randomUUID",
          "java.util.concurrent.ThreadLocalRandom.current",
          "java.util.concurrent.TimeUnit.sleep",
          "java.util.concurrent.locks.LockSupport.parkNanos",
          "java.util.concurrent.locks.LockSupport.parkUntil",
          "java.util.random.RandomGenerator.getDefault",
          "java.util.random.RandomGenerator.of");

  /// Banned without arguments: with a seed, or with a clock, they are what a seam gives.
  private static final Set<String> BANNED_WITHOUT_ARGUMENTS =
      Set.of(
          "java.util.Random.<init>",
          "java.util.SplittableRandom.<init>",
          "java.time.Instant.now",
          "java.time.LocalDate.now",
          "java.time.LocalDateTime.now",
          "java.time.LocalTime.now",
          "java.time.OffsetDateTime.now",
          "java.time.Year.now",
          "java.time.ZonedDateTime.now");

  static List<SeamBreach> in(Collection<Path> classFiles) {
    List<SeamBreach> breaches = new ArrayList<>();
    for (Path file : classFiles) {
      try {
        breaches.addAll(in(Files.readAllBytes(file)));
      } catch (IOException failure) {
        throw new UncheckedIOException(failure);
      }
    }
    return breaches;
  }

  static List<SeamBreach> in(Class<?> type) {
    String file = "/" + type.getName().replace('.', '/') + ".class";
    try (InputStream bytes = type.getResourceAsStream(file)) {
      if (bytes == null) {
        throw new IllegalArgumentException("no class file for " + type);
      }
      return in(bytes.readAllBytes());
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static List<SeamBreach> in(byte[] classFile) {
    ClassModel model = ClassFile.of().parse(classFile);
    String name = model.thisClass().asInternalName().replace('/', '.');
    List<SeamBreach> breaches = new ArrayList<>();
    for (MethodModel method : model.methods()) {
      if (method.flags().has(AccessFlag.SYNCHRONIZED)) {
        breaches.add(new SeamBreach(name, 0, "synchronized method"));
      }
      method.code().ifPresent(code -> breaches.addAll(in(name, code)));
    }
    return breaches;
  }

  private static List<SeamBreach> in(String className, CodeModel code) {
    List<SeamBreach> breaches = new ArrayList<>();
    int line = 0;
    for (CodeElement element : code) {
      if (element instanceof LineNumber number) {
        line = number.line();
      }
      for (String what : bannedIn(element)) {
        breaches.add(new SeamBreach(className, line, what));
      }
    }
    return breaches;
  }

  private static List<String> bannedIn(CodeElement element) {
    return switch (element) {
      case MonitorInstruction monitor when monitor.opcode() == Opcode.MONITORENTER ->
          List.of("synchronized block");
      case InvokeInstruction call ->
          banned(
              call.owner().asInternalName(),
              call.name().stringValue(),
              call.typeSymbol().parameterCount());
      case InvokeDynamicInstruction dynamic -> bannedIn(dynamic.bootstrapArgs());
      default -> List.of();
    };
  }

  /// A method reference such as `Instant::now` is a constant of the call that makes the lambda.
  private static List<String> bannedIn(List<ConstantDesc> constants) {
    List<String> found = new ArrayList<>();
    for (ConstantDesc constant : constants) {
      if (constant instanceof DirectMethodHandleDesc handle && isCall(handle)) {
        String owner = handle.owner().descriptorString();
        found.addAll(
            banned(
                owner.substring(1, owner.length() - 1),
                handle.methodName(),
                MethodTypeDesc.ofDescriptor(handle.lookupDescriptor()).parameterCount()));
      }
    }
    return found;
  }

  private static boolean isCall(DirectMethodHandleDesc handle) {
    return switch (handle.kind()) {
      case GETTER, SETTER, STATIC_GETTER, STATIC_SETTER -> false;
      default -> true;
    };
  }

  private static List<String> banned(String owner, String method, int arguments) {
    String type = owner.replace('/', '.');
    String call = type + "." + method;
    if (!BANNED.contains(call) && !(arguments == 0 && BANNED_WITHOUT_ARGUMENTS.contains(call))) {
      return List.of();
    }
    String simple = type.substring(type.lastIndexOf('.') + 1);
    return List.of(method.equals("<init>") ? "new " + simple : simple + "." + method);
  }

  @Override
  public String toString() {
    return className + ":" + line + " " + what;
  }
}
