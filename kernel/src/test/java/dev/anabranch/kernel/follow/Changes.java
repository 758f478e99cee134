package dev.anabranch.kernel.follow;

import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Action;
import dev.anabranch.kernel.log.Cause;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.DeviceId;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.WriteKey;
import dev.anabranch.kernel.store.Reading;
import dev.anabranch.kernel.store.ScopeHead;
import java.util.List;
import java.util.stream.LongStream;

/// Changes of one scope by their seqs; the id is ten times the seq.
final class Changes {

  static final ScopeName SCOPE = new ScopeName("org:1");

  private Changes() {}

  static long id(long seq) {
    return seq * 10;
  }

  static ScopeHead head(long seq) {
    return new ScopeHead(SCOPE, seq, id(seq), 0, 0);
  }

  /// A page of the seqs from–to (none when to is smaller) after a seq, below a head.
  static Reading.Page page(long afterSeq, long from, long to, long head) {
    return new Reading.Page(afterSeq, run(from, to), head(head));
  }

  static Announcement announcement(long from, long to) {
    return new Announcement(run(from, to));
  }

  static List<Change> run(long from, long to) {
    return LongStream.rangeClosed(from, to).mapToObj(Changes::note).toList();
  }

  static Change note(long seq) {
    return change(seq, new EntityKey(SCOPE, new ModelName("note"), new EntityId("n" + seq)));
  }

  static Change grant(long seq, String principal) {
    return change(seq, EntityKey.grant(SCOPE, new PrincipalId(principal)));
  }

  private static Change change(long seq, EntityKey entity) {
    return new Change(
        id(seq),
        seq,
        entity,
        Action.INSERT,
        1,
        JsonObject.EMPTY,
        null,
        new WriteKey("k" + seq),
        new PrincipalId("me"),
        new Cause(new DeviceId("~me"), seq, 0),
        seq,
        0,
        null,
        "test",
        seq,
        false);
  }
}
