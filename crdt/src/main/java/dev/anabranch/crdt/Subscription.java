package dev.anabranch.crdt;

/// Somebody listens until this is closed; closing twice does nothing.
public interface Subscription extends AutoCloseable {
  @Override
  void close();
}
