package dev.anabranch.link;

/// Makes the handler of one link, on the link's loop, when the link is open.
@FunctionalInterface
public interface LinkSession {
  LinkHandler open(Link link);
}
