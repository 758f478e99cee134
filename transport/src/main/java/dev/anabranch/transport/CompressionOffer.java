package dev.anabranch.transport;

import io.netty.handler.codec.http.websocketx.extensions.WebSocketExtensionData;
import io.netty.handler.codec.http.websocketx.extensions.WebSocketExtensionUtil;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// The agreement on permessage-deflate (RFC 7692): both sides without context takeover, or not at
/// all.
///
/// Without takeover each message is compressed on its own, so one compressed frame is good for
/// every socket, and no connection keeps a compressor. A client may always be told to do the same
/// (7.1.1.2). What we offer leaves `client_max_window_bits` out, so no server may ask for a smaller
/// window (7.1.2.2): the JDK's compressor always uses one of 32 KiB.
final class CompressionOffer {
  static final String NAME = "permessage-deflate";
  static final String AGREED = NAME + "; server_no_context_takeover; client_no_context_takeover";
  private static final String WINDOW_BITS_OF_ZLIB = "15";
  private static final Pattern WINDOW_BITS = Pattern.compile("[89]|1[0-5]");

  private CompressionOffer() {}

  /// Whether one of a client's offers can be accepted.
  static boolean acceptable(List<String> extensionHeaders) {
    for (String header : extensionHeaders) {
      for (WebSocketExtensionData offer : WebSocketExtensionUtil.extractExtensions(header)) {
        if (offer.name().equals(NAME) && acceptable(offer.parameters())) {
          return true;
        }
      }
    }
    return false;
  }

  /// Whether a server's answer keeps to what a client of ours had offered.
  static boolean agreed(List<String> extensionHeaders) {
    for (String header : extensionHeaders) {
      for (WebSocketExtensionData answer : WebSocketExtensionUtil.extractExtensions(header)) {
        if (answer.name().equals(NAME)) {
          return agreed(answer.parameters());
        }
      }
    }
    return false;
  }

  private static boolean agreed(Map<String, String> parameters) {
    for (Map.Entry<String, String> each : parameters.entrySet()) {
      boolean known =
          switch (each.getKey()) {
            case "server_no_context_takeover", "client_no_context_takeover" ->
                each.getValue() == null;
            // A server may say so unasked (7.1.2.1); any window can be inflated.
            case "server_max_window_bits" ->
                each.getValue() != null && WINDOW_BITS.matcher(each.getValue()).matches();
            default -> false;
          };
      if (!known) {
        return false;
      }
    }
    return parameters.containsKey("server_no_context_takeover");
  }

  private static boolean acceptable(Map<String, String> parameters) {
    for (Map.Entry<String, String> each : parameters.entrySet()) {
      boolean known =
          switch (each.getKey()) {
            case "server_no_context_takeover", "client_no_context_takeover" ->
                each.getValue() == null;
            case "client_max_window_bits" -> true;
            // A window smaller than the compressor's cannot be promised.
            case "server_max_window_bits" -> WINDOW_BITS_OF_ZLIB.equals(each.getValue());
            default -> false;
          };
      if (!known) {
        return false;
      }
    }
    return true;
  }
}
