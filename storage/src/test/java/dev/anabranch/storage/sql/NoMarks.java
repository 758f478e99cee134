package dev.anabranch.storage.sql;

import java.util.List;
import java.util.Set;

/// A database in which nothing is marked.
class NoMarks implements MarkQueries {

  @Override
  public String insertWords() {
    return "";
  }

  @Override
  public String dropWords() {
    return "";
  }

  @Override
  public List<List<MarkRow>> first(
      Session session, List<MarkRange> ranges, MarkWindow window, int rowsMax) {
    return ranges.stream().map(range -> List.<MarkRow>of()).toList();
  }

  @Override
  public boolean isRare(Session session, String word, int marksMin) {
    return true;
  }

  @Override
  public List<MarkRow> withWords(
      Session session, List<String> words, MarkWindow window, int rowsMax) {
    return List.of();
  }

  @Override
  public Set<Long> having(Session session, List<String> words, List<Long> ids) {
    return Set.of();
  }

  @Override
  public List<MarkProof> proofs(Session session, List<Long> ids) {
    return List.of();
  }

  @Override
  public Set<Long> marked(Session session, List<Long> ids) {
    return Set.of();
  }
}
