package dev.belay.sink.config;

import static org.apache.kafka.common.config.ConfigDef.Importance.LOW;
import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;

import dev.belay.sink.change.ConflictPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef.Width;
import org.apache.kafka.common.config.ConfigException;

/** The keys of rows that both databases change. */
public final class ConflictKeys {
  public static final String POLICY = "conflict.policy";
  public static final String POLICIES = "conflict.policies";
  public static final String VERSION_COLUMNS = "conflict.version.columns";
  public static final String TOMBSTONE_RETENTION = "conflict.tombstone.retention.ms";
  public static final String HISTORY = "conflict.history";
  public static final String HISTORY_RETENTION = "conflict.history.retention.ms";
  public static final String OTHER_POLICY = "conflict.other.policy";
  public static final String OTHER_POLICIES = "conflict.other.policies";

  private static final long TEN_YEARS = Duration.ofDays(3_650).toMillis();

  /** The value of {@link #OTHER_POLICY} that says nothing. */
  static final String UNSAID = "unsaid";

  private ConflictKeys() {}

  static void define(KeyDefinition def) {
    def.optional(
        POLICY,
        Type.STRING,
        ConflictPolicy.SOURCE_WINS.word(),
        new Words(ConflictPolicy.words()),
        MEDIUM,
        Width.SHORT,
        "What becomes of a change to a row that the target has changed as well, for tables that are not"
            + " in conflict.policies. source-wins (default): it is written; nothing is compared, so"
            + " nothing is slower. The others lock each row and compare it with what it was at the"
            + " source. target-wins: the change is dropped. newest: what was committed later stands."
            + " merge-source-wins and merge-target-wins: columns that one side changed are kept of both,"
            + " and those that both changed are the source's or the target's. reject: the change goes to"
            + " the dead letter queue. They need PostgreSQL or CockroachDB as the target, and of the"
            + " feed the options diff and mvcc_timestamp, or feed.before=full. docs/conflicts.md says"
            + " which pairs of policies make both databases equal, and where none does.");
    def.optional(
        POLICIES,
        Type.LIST,
        List.of(),
        ConflictKeys::checkPolicies,
        MEDIUM,
        Width.LONG,
        "Pairs table:policy for tables with a policy of their own, by the feed's names, for example"
            + " public.orders:newest,stock:target-wins. Where topics are named and no transform changes"
            + " them, a name that is of none of their tables is refused.");
    def.optional(
        VERSION_COLUMNS,
        Type.LIST,
        List.of(),
        SinkKeys::checkPairs,
        LOW,
        Width.LONG,
        "Pairs table:column for the policy newest: the column of the target, set by the application at"
            + " each write on both sides, whose greater value is the newer row, for example"
            + " orders:updated_at. Empty (default): the times of commits are compared, for which"
            + " PostgreSQL needs track_commit_timestamp=on. Set the same on both sides.");
    def.optional(
        TOMBSTONE_RETENTION,
        Type.LONG,
        0L,
        ConfigDef.Range.between(0, TEN_YEARS),
        LOW,
        Width.SHORT,
        "How long the target remembers the rows that its own applications deleted, in milliseconds, for"
            + " the policy newest. 0 (default): not at all, and of a change and a delete at the same time"
            + " the delete wins. Otherwise deletes are compared by the times of their commits like other"
            + " changes, so that a key can be used again: the later stands. It needs table"
            + " belay.belay_tombstone and trigger belay_tombstone on each of these tables"
            + " (config/sql/*/conflicts.sql), and the same on both sides. Make it longer than the"
            + " longest time for which the other direction may stand still, for example 604800000 (a"
            + " week).");
    def.optional(
        HISTORY,
        Type.STRING,
        "off",
        Words.of("off", "on"),
        LOW,
        Width.SHORT,
        "Whether each conflict is written down in table belay.belay_conflict of the target: which row,"
            + " which record, what was decided. In the transaction that decides it, so that each is there"
            + " once. off (default): conflicts are counted only. on: it needs the table, and rights on"
            + " it (config/sql/*/conflicts.sql). The keys of rows stand there, their other values do"
            + " not.");
    def.optional(
        HISTORY_RETENTION,
        Type.LONG,
        Duration.ofDays(30).toMillis(),
        ConfigDef.Range.between(1, TEN_YEARS),
        LOW,
        Width.SHORT,
        "How long conflicts are kept there, in milliseconds (default: 30 days). The task drops older"
            + " ones, some at a time.");
    def.optional(
        OTHER_POLICY,
        Type.STRING,
        UNSAID,
        new Words(otherWords()),
        LOW,
        Width.SHORT,
        "conflict.policy of the sink of the other direction. A sink sees only itself: where this is"
            + " said, validation refuses pairs that can leave the two databases different for good."
            + " unsaid (default): the pair is not checked.");
    def.optional(
        OTHER_POLICIES,
        Type.LIST,
        List.of(),
        ConflictKeys::checkPolicies,
        LOW,
        Width.LONG,
        "conflict.policies of the sink of the other direction, by the same names as here.");
  }

  private static List<String> otherWords() {
    List<String> words = new ArrayList<>(ConflictPolicy.words());
    words.add(0, UNSAID);
    return List.copyOf(words);
  }

  private static void checkPolicies(String name, Object value) {
    for (Object pair : (List<?>) value) {
      String[] sides = String.valueOf(pair).split(":", -1);
      if (sides.length != 2 || sides[0].isBlank() || ConflictPolicy.of(sides[1].trim()).isEmpty()) {
        throw new ConfigException(
            name,
            value,
            "each entry is table:policy, and a policy is one of "
                + String.join(", ", ConflictPolicy.words()));
      }
    }
  }
}
