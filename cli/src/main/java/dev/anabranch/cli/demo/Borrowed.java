package dev.anabranch.cli.demo;

import dev.anabranch.link.Dial;
import dev.anabranch.link.Dialer;
import dev.anabranch.link.Link;
import dev.anabranch.link.LinkSession;
import java.util.concurrent.CompletionStage;

/// A dialer that several clients share, so that none of them closes it.
record Borrowed(Dialer dialer) implements Dialer {

  @Override
  public CompletionStage<Link> dial(Dial dial, LinkSession session) {
    return dialer.dial(dial, session);
  }
}
