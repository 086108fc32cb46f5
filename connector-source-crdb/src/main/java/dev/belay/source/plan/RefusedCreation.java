package dev.belay.source.plan;

import dev.belay.source.feed.Beginning;
import dev.belay.source.feed.FeedAction;
import dev.belay.source.feed.FeedAction.Create;
import dev.belay.source.feed.FeedAction.NeedsAction;
import dev.belay.source.feed.FeedAction.Wait;
import dev.belay.source.feed.TableName;
import dev.belay.source.plan.Trials.Refusal;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What it means that the cluster does not make a job. Pure. */
public final class RefusedCreation {
  /** Of {@code changefeedccl/authorization.go}. */
  private static final Pattern LACKING =
      Pattern.compile("requires the (CHANGEFEED|SELECT) privilege");

  private RefusedCreation() {}

  /** Waits for the next try, or asks a person. */
  public static FeedAction action(Create create, Refusal refusal) {
    String found = "CockroachDB does not create the changefeed: " + refusal.words();
    if (!refusal.isForGood() && !refusal.trial().isLast()) {
      return new Wait(create.tables(), found, refusal.trial().left());
    }
    boolean isAtFeedCursor =
        create.beginning() instanceof Beginning.After && create.why().equals(FeedPlanner.NEW);
    if (isAtFeedCursor && Trouble.isAboutNoTable(refusal.words())) {
      return new NeedsAction(
          create.tables(),
          found
              + ". It was to begin after "
              + create.beginning().time()
              + ", when a table was not there yet.",
          "Stop the connector, PATCH the offset of each younger table to a time after it was made, and"
              + " resume; or leave feed.cursor out.");
    }
    Optional<Trouble> known =
        Trouble.of(refusal.words())
            .map(trouble -> isAtFeedCursor ? trouble.ofFeedCursor() : trouble)
            .map(trouble -> create.why().equals(FeedPlanner.MOVED) ? trouble.ofMove() : trouble);
    return new NeedsAction(
        create.tables(),
        "CockroachDB does not create the changefeed: "
            + refusal.words()
            + known.map(trouble -> ". " + trouble.why()).orElse(""),
        known.map(Trouble::remedy).orElseGet(() -> remedy(create, refusal.words())));
  }

  private static String remedy(Create create, String words) {
    Matcher lacking = LACKING.matcher(words);
    return lacking.find()
        ? "Run GRANT "
            + lacking.group(1)
            + " ON TABLE "
            + create.tables().stream().map(TableName::sql).collect(Collectors.joining(", "))
            + " TO the user of source.connection.user, then restart this connector's task."
        : "Mend the cause and restart this connector's task; nothing is lost meanwhile.";
  }
}
