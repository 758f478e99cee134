package dev.anabranch.transport;

import dev.anabranch.link.Admission;
import dev.anabranch.link.Handshake;
import dev.anabranch.link.Headers;
import dev.anabranch.link.RequestHead;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/// The turn of a connection from HTTP/1.1 to WebSocket (RFC 6455, 4.2).
@SuppressWarnings(
    "FutureReturnValueIgnored") // a write that fails closes the channel, which is heard
final class Upgrade {
  private static final String ACCEPT_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  private static final int KEY_BYTES = 16;

  private Upgrade() {}

  /// Whether a request wants to become a WebSocket.
  static boolean requested(Headers headers) {
    return headers.lists("Upgrade", "websocket");
  }

  /// The handshake, if it is one.
  static Handshake handshake(RequestHead head) throws RequestIntake.Refusal {
    Headers headers = head.headers();
    if (!head.method().equals("GET") || !headers.lists("Connection", "upgrade")) {
      throw bad("a WebSocket begins with GET and Connection: Upgrade");
    }
    if (!headers.first("Sec-WebSocket-Version").orElse("").equals("13")) {
      throw new RequestIntake.Refusal(
          TransportFault.WEBSOCKET_VERSION, "this server speaks version 13");
    }
    if (!isKey(headers.first("Sec-WebSocket-Key").orElse(""))) {
      throw bad("Sec-WebSocket-Key is 16 bytes in base64");
    }
    return new Handshake(head.peer(), head.target(), headers, subprotocols(headers));
  }

  /// Answers 101 and makes the channel a link; on the channel's loop.
  static void accept(
      ServerContext server, Channel channel, Handshake handshake, Admission.Accepted admission) {
    admission.subprotocol().ifPresent(spoken -> checkOffered(handshake, spoken));
    boolean deflate =
        server.links().compression()
            && CompressionOffer.acceptable(handshake.headers().all("Sec-WebSocket-Extensions"));
    int messageBytesMax = admission.messageBytesMax().orElse(server.links().messageBytesMax());
    LinkTerms terms =
        new LinkTerms(
            server,
            server.links(),
            messageBytesMax,
            admission.tooLargeCode(),
            deflate,
            false,
            server.metrics());
    NettyLoop loop = server.loops().of(channel.eventLoop());
    NettyLink link = NettyLink.create(terms, channel, loop, handshake.peer(), admission.session());
    ChannelPipeline pipeline = channel.pipeline();
    channel.write(switching(handshake, admission, deflate));
    pipeline.get(HttpServerCodec.class).removeOutboundHandler();
    pipeline.remove(HttpStream.class);
    pipeline.addLast(decoder(messageBytesMax, deflate, true));
    link.start();
    // Last, because it hands on the bytes that came after the handshake.
    pipeline.remove(HttpServerCodec.class);
    pipeline.remove(ConnectionGuard.class);
    channel.flush();
    channel.config().setAutoRead(true);
  }

  /// A decoder that checks everything RFC 6455 says about frames and their order.
  static WebSocket13FrameDecoder decoder(int frameBytesMax, boolean extensions, boolean masked) {
    return new WebSocket13FrameDecoder(
        WebSocketDecoderConfig.newBuilder()
            .maxFramePayloadLength(frameBytesMax)
            .allowExtensions(extensions)
            .expectMaskedFrames(masked)
            .allowMaskMismatch(false)
            .closeOnProtocolViolation(false)
            .withUTF8Validator(false)
            .build());
  }

  /// The proof that a server understood the key.
  static String accept(String key) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-1")
              .digest((key + ACCEPT_GUID).getBytes(StandardCharsets.US_ASCII));
      return Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-1", e);
    }
  }

  private static DefaultFullHttpResponse switching(
      Handshake handshake, Admission.Accepted admission, boolean deflate) {
    DefaultFullHttpResponse answer =
        new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.SWITCHING_PROTOCOLS);
    HttpHeaders headers = answer.headers();
    headers.set("Upgrade", "websocket");
    headers.set("Connection", "Upgrade");
    headers.set(
        "Sec-WebSocket-Accept",
        accept(handshake.headers().first("Sec-WebSocket-Key").orElseThrow()));
    admission.subprotocol().ifPresent(name -> headers.set("Sec-WebSocket-Protocol", name));
    if (deflate) {
      headers.set("Sec-WebSocket-Extensions", CompressionOffer.AGREED);
    }
    return answer;
  }

  private static void checkOffered(Handshake handshake, String subprotocol) {
    if (!handshake.subprotocols().contains(subprotocol)) {
      throw new IllegalStateException("the peer did not offer to speak " + subprotocol);
    }
  }

  private static RequestIntake.Refusal bad(String detail) {
    return new RequestIntake.Refusal(TransportFault.BAD_HANDSHAKE, detail);
  }

  private static boolean isKey(String key) {
    try {
      return Base64.getDecoder().decode(key).length == KEY_BYTES;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static List<String> subprotocols(Headers headers) {
    List<String> offered = new ArrayList<>();
    for (String value : headers.all("Sec-WebSocket-Protocol")) {
      for (String each : value.split(",", -1)) {
        if (!each.isBlank()) {
          offered.add(each.strip());
        }
      }
    }
    return offered;
  }
}
