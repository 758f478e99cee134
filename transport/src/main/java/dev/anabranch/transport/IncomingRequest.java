package dev.anabranch.transport;

import dev.anabranch.link.HttpHandler;
import dev.anabranch.link.HttpRequest;
import dev.anabranch.link.HttpRoute;
import dev.anabranch.link.RequestHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;

/// A request whose body is still coming in, up to what its route allows.
final class IncomingRequest {
  /// Slower than this, after the time that every body has, is too slow: 8 bytes a millisecond.
  private static final int BYTES_PER_MILLI_MIN = 8;

  private final RequestHead head;
  private final RequestTraits traits;
  private final HttpRoute route;
  private final BodyRoom room;
  private final ByteArrayOutputStream body = new ByteArrayOutputStream(0);
  private BodyRoom.@Nullable Share share;

  /// @param room bounds what is held of bodies
  IncomingRequest(RequestHead head, RequestTraits traits, HttpRoute route, BodyRoom room) {
    this.head = head;
    this.traits = traits;
    this.route = route;
    this.room = room;
  }

  RequestHead head() {
    return head;
  }

  RequestTraits traits() {
    return traits;
  }

  HttpHandler handler() {
    return route.handler();
  }

  HttpRequest whole() {
    return new HttpRequest(head, body.toByteArray());
  }

  /// How long the body may take, given what has come of it.
  long allowedMillis(int bodyMillis) {
    return bodyMillis + (long) body.size() / BYTES_PER_MILLI_MIN;
  }

  /// Refuses a body that is announced to be too long, or in a form that is not read here.
  void announce(long bytes) throws RequestIntake.Refusal {
    if (bytes > 0) {
      RequestIntake.checkEncoding(head.headers());
    }
    if (bytes > route.bodyBytesMax()) {
      throw tooLarge();
    }
  }

  void add(ByteBuf bytes) throws RequestIntake.Refusal {
    if (bytes.isReadable() && body.size() == 0) {
      RequestIntake.checkEncoding(head.headers());
    }
    if (bytes.readableBytes() > route.bodyBytesMax() - body.size()) {
      throw tooLarge();
    }
    if (bytes.isReadable()) {
      take(bytes.readableBytes());
      body.writeBytes(ByteBufUtil.getBytes(bytes));
    }
  }

  private void take(int bytes) throws RequestIntake.Refusal {
    if (share == null) {
      share = room.share(head.peer().address());
    }
    if (!share.take(bytes)) {
      throw new RequestIntake.Refusal(
          TransportFault.UNAVAILABLE, "too much waits of this and other bodies");
    }
  }

  /// What the body holds of the room for all; none when there is no body.
  BodyRoom.@Nullable Share share() {
    return share;
  }

  /// The request comes to nothing: its body is dropped.
  void drop() {
    if (share != null) {
      share.giveBack();
    }
  }

  private RequestIntake.Refusal tooLarge() {
    return new RequestIntake.Refusal(
        TransportFault.TOO_LARGE, "the body is longer than " + route.bodyBytesMax() + " bytes");
  }
}
