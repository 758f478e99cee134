package dev.anabranch.protocol.nostr.server;

/// Hears and forgets.
class SilentObserver implements NostrObserver {
  @Override
  public void opened() {}

  @Override
  public void closed() {}

  @Override
  public void received(String kind) {}

  @Override
  public void stored() {}

  @Override
  public void delivered(int count) {}

  @Override
  public void refused(NostrFault fault) {}

  @Override
  public void fellBehind() {}

  @Override
  public void putOff(int count) {}

  @Override
  public void dropped() {}

  @Override
  public void failed(Throwable failure) {
    throw new AssertionError(failure);
  }
}
