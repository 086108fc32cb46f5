package dev.belay.source.supervise;

import dev.belay.source.feed.HlcTimestamp;
import dev.belay.source.feed.Survey;
import dev.belay.source.feed.TableName;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * One time for all workers that make a job for the same tables at the same moment. Of two jobs that
 * begin at two times, one sends changes that the other has resolved without having sent them, which
 * whoever reads the topic cannot tell from lost ones; two that begin at one time send the same. The
 * task's thread only.
 */
public interface Agreement {

  /** For a worker that has nobody to ask. */
  Agreement NONE =
      new Agreement() {
        @Override
        public Map<TableName, HlcTimestamp> on(Set<TableName> tables, Survey survey) {
          Map<TableName, HlcTimestamp> now = new HashMap<>();
          tables.forEach(table -> now.put(table, survey.now()));
          return now;
        }

        @Override
        public boolean refused(Set<TableName> tables, HlcTimestamp time) {
          return false;
        }

        @Override
        public void seen(Survey survey) {
          // nothing was said that could be taken back
        }
      };

  /**
   * When the tables begin: at the time that whoever was first has named, if that was a moment ago,
   * else now. Whoever was first may have made the job by the time this returns: look again.
   *
   * @param survey of before
   * @return a time for each of the tables
   */
  Map<TableName, HlcTimestamp> on(Set<TableName> tables, Survey survey);

  /**
   * The cluster makes no job of these tables at a time, for good. If it was agreed on for them, it
   * is not given again.
   *
   * @return whether another worker had named it, so that a time of one's own is worth a try
   */
  boolean refused(Set<TableName> tables, HlcTimestamp time);

  /** What was agreed on for the jobs that are there now has served. */
  void seen(Survey survey);
}
