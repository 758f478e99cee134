package dev.anabranch.crdt.encoding;

import java.util.ArrayDeque;
import java.util.Deque;

/// BLAKE3, the plain hash of 32 bytes (no key, no longer output).
///
/// The input is cut into chunks of 1,024 bytes, each hashed in blocks of 64; chunks are the leaves
/// of a binary tree in which a left subtree is always full. For snapshots, which are small: nothing
/// here is parallel. Source: the BLAKE3 paper, §2.
public final class Blake3 {
  private static final int BLOCK_BYTES = 64;
  private static final int CHUNK_BYTES = 1024;
  private static final int WORDS = 16;

  private static final int CHUNK_START = 1;
  private static final int CHUNK_END = 2;
  private static final int PARENT = 4;
  private static final int ROOT = 8;

  private static final int[] START = {
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19
  };

  /// Where each word of a block comes from in the next round.
  private static final int[] PERMUTATION = {2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8};

  private static final int ROUNDS = 7;

  private Blake3() {}

  /// The hash of some bytes, 32 bytes.
  public static byte[] hash(byte[] input) {
    Deque<int[]> subtrees = new ArrayDeque<>();
    long chunks = 0;
    int from = 0;
    while (input.length - from > CHUNK_BYTES) {
      addChunk(subtrees, chunk(input, from, CHUNK_BYTES, chunks).value(), ++chunks);
      from += CHUNK_BYTES;
    }
    Node node = chunk(input, from, input.length - from, chunks);
    while (!subtrees.isEmpty()) {
      node = parent(subtrees.pop(), node.value());
    }
    return bytes(node.root());
  }

  /// A full subtree goes up one level for each bit at the end of the number of chunks.
  private static void addChunk(Deque<int[]> subtrees, int[] chunk, long chunks) {
    int[] value = chunk;
    for (long rest = chunks; (rest & 1) == 0; rest >>= 1) {
      value = parent(subtrees.pop(), value).value();
    }
    subtrees.push(value);
  }

  /// The last compression of a chunk or a parent, which is done another way at the root.
  private record Node(int[] chaining, int[] block, long counter, int length, int flags) {
    int[] value() {
      return compress(chaining, block, counter, length, flags);
    }

    int[] root() {
      return compress(chaining, block, 0, length, flags | ROOT);
    }
  }

  private static Node chunk(byte[] input, int start, int length, long counter) {
    int[] chaining = START;
    int flags = CHUNK_START;
    int done = 0;
    while (length - done > BLOCK_BYTES) {
      int[] block = words(input, start + done, BLOCK_BYTES);
      chaining = compress(chaining, block, counter, BLOCK_BYTES, flags);
      flags = 0;
      done += BLOCK_BYTES;
    }
    int[] last = words(input, start + done, length - done);
    return new Node(chaining, last, counter, length - done, flags | CHUNK_END);
  }

  private static Node parent(int[] left, int[] right) {
    int[] block = new int[WORDS];
    System.arraycopy(left, 0, block, 0, left.length);
    System.arraycopy(right, 0, block, left.length, right.length);
    return new Node(START, block, 0, BLOCK_BYTES, PARENT);
  }

  private static int[] compress(int[] chaining, int[] block, long counter, int length, int flags) {
    int[] state = new int[WORDS];
    System.arraycopy(chaining, 0, state, 0, 8);
    System.arraycopy(START, 0, state, 8, 4);
    state[12] = (int) counter;
    state[13] = (int) (counter >>> 32);
    state[14] = length;
    state[15] = flags;
    int[] message = block;
    for (int round = 0; round < ROUNDS; round++) {
      mixAll(state, message);
      message = permuted(message);
    }
    int[] out = new int[8];
    for (int i = 0; i < out.length; i++) {
      out[i] = state[i] ^ state[i + 8];
    }
    return out;
  }

  /// One round: the columns of the state, then its diagonals.
  private static void mixAll(int[] state, int[] message) {
    for (int i = 0; i < 4; i++) {
      mix(state, i, 4 + i, 8 + i, 12 + i, message[2 * i], message[2 * i + 1]);
    }
    for (int i = 0; i < 4; i++) {
      int b = 4 + (i + 1) % 4;
      int c = 8 + (i + 2) % 4;
      int d = 12 + (i + 3) % 4;
      mix(state, i, b, c, d, message[8 + 2 * i], message[9 + 2 * i]);
    }
  }

  private static void mix(int[] state, int a, int b, int c, int d, int one, int other) {
    state[a] += state[b] + one;
    state[d] = Integer.rotateRight(state[d] ^ state[a], 16);
    state[c] += state[d];
    state[b] = Integer.rotateRight(state[b] ^ state[c], 12);
    state[a] += state[b] + other;
    state[d] = Integer.rotateRight(state[d] ^ state[a], 8);
    state[c] += state[d];
    state[b] = Integer.rotateRight(state[b] ^ state[c], 7);
  }

  private static int[] permuted(int[] message) {
    int[] next = new int[WORDS];
    for (int i = 0; i < WORDS; i++) {
      next[i] = message[PERMUTATION[i]];
    }
    return next;
  }

  private static int[] words(byte[] input, int start, int length) {
    int[] words = new int[WORDS];
    for (int i = 0; i < length; i++) {
      words[i >> 2] |= (input[start + i] & 0xff) << (8 * (i & 3));
    }
    return words;
  }

  private static byte[] bytes(int[] words) {
    byte[] bytes = new byte[4 * words.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (words[i >> 2] >>> (8 * (i & 3)));
    }
    return bytes;
  }
}
