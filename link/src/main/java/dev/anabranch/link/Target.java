package dev.anabranch.link;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a request asks for: a path in decoded segments, and a query (RFC 3986).
///
/// `/documents/org%3A1/notes%2Fmay?root=text` has the segments `documents`, `org:1`, `notes/may`:
/// the path is split first and decoded after, so an encoded slash stays inside its segment. Refused
/// are percent signs that encode nothing, bytes that are not UTF-8, control characters, empty
/// segments, and `.` and `..` in any spelling; one slash at the end is dropped.
///
/// @param path the path as it came, without the query
/// @param segments its decoded segments; empty for `/`
/// @param query the decoded query: every name with its values in order; at most 64 pairs
public record Target(String path, List<String> segments, Map<String, List<String>> query) {
  private static final int PAIRS_MAX = 64;

  public Target {
    segments = List.copyOf(segments);
    Map<String, List<String>> copy = new LinkedHashMap<>();
    query.forEach((name, values) -> copy.put(name, List.copyOf(values)));
    query = java.util.Collections.unmodifiableMap(copy);
  }

  /// Parses a request target: `/path?query`, or a whole `http://host/path?query`.
  ///
  /// @throws IllegalArgumentException with a sentence for the peer when it is not acceptable
  public static Target parse(String raw) {
    String local = withoutAuthority(raw);
    int fragment = local.indexOf('#');
    if (fragment >= 0 || !local.startsWith("/")) {
      throw new IllegalArgumentException("the target must be a path that starts with a slash");
    }
    int mark = local.indexOf('?');
    String path = mark < 0 ? local : local.substring(0, mark);
    String query = mark < 0 ? "" : local.substring(mark + 1);
    return new Target(path, segmentsOf(path), pairsOf(query));
  }

  /// The first value of a query parameter.
  public Optional<String> parameter(String name) {
    List<String> values = query.getOrDefault(name, List.of());
    return values.isEmpty() ? Optional.empty() : Optional.of(values.getFirst());
  }

  /// The path alone: a query may hold a token, and is not for logs.
  @Override
  public String toString() {
    return path;
  }

  private static String withoutAuthority(String raw) {
    int scheme = raw.indexOf("://");
    if (raw.startsWith("/") || scheme < 0) {
      return raw;
    }
    int slash = raw.indexOf('/', scheme + 3);
    return slash < 0 ? "/" : raw.substring(slash);
  }

  private static List<String> segmentsOf(String path) {
    List<String> segments = new ArrayList<>();
    int last = path.length() - (path.endsWith("/") ? 1 : 0);
    for (int from = 1; from <= last; ) {
      int slash = path.indexOf('/', from);
      int to = slash < 0 || slash > last ? last : slash;
      segments.add(checkedSegment(decode(path.substring(from, to), false)));
      from = to + 1;
    }
    return segments;
  }

  private static String checkedSegment(String segment) {
    if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
      throw new IllegalArgumentException("the path holds an empty or a dotted segment");
    }
    return segment;
  }

  private static Map<String, List<String>> pairsOf(String query) {
    Map<String, List<String>> pairs = new LinkedHashMap<>();
    int count = 0;
    for (String pair : query.split("&", -1)) {
      if (pair.isEmpty()) {
        continue;
      }
      if (++count > PAIRS_MAX) {
        throw new IllegalArgumentException("the query has more than " + PAIRS_MAX + " parameters");
      }
      int equals = pair.indexOf('=');
      String name = decode(equals < 0 ? pair : pair.substring(0, equals), true);
      String value = equals < 0 ? "" : decode(pair.substring(equals + 1), true);
      pairs.computeIfAbsent(name, n -> new ArrayList<>()).add(value);
    }
    return pairs;
  }

  private static String decode(String raw, boolean plusIsSpace) {
    byte[] bytes = raw.getBytes(StandardCharsets.UTF_8);
    ByteBuffer decoded = ByteBuffer.allocate(bytes.length);
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == '%') {
        decoded.put(octet(bytes, i));
        i += 2;
      } else {
        decoded.put(plusIsSpace && bytes[i] == '+' ? (byte) ' ' : bytes[i]);
      }
    }
    return strictText(decoded.flip());
  }

  private static byte octet(byte[] bytes, int percent) {
    int high = percent + 2 < bytes.length ? Character.digit(bytes[percent + 1], 16) : -1;
    int low = percent + 2 < bytes.length ? Character.digit(bytes[percent + 2], 16) : -1;
    if (high < 0 || low < 0) {
      throw new IllegalArgumentException("a percent sign that encodes nothing");
    }
    return (byte) (high << 4 | low);
  }

  private static String strictText(ByteBuffer utf8) {
    CharBuffer text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(utf8);
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("the target is not UTF-8", e);
    }
    for (int i = 0; i < text.length(); i++) {
      if (Character.isISOControl(text.charAt(i))) {
        throw new IllegalArgumentException("a control character in the target");
      }
    }
    return text.toString();
  }
}
