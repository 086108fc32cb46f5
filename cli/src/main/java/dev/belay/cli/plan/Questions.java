package dev.belay.cli.plan;

import dev.belay.cli.plan.Answers.Old;
import dev.belay.cli.plan.Answers.Rpo;
import dev.belay.cli.plan.Answers.Rto;
import dev.belay.cli.plan.Answers.Watch;
import dev.belay.cli.plan.Answers.Writers;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What is asked, how it is answered, and what an answer means. One thread. */
final class Questions {
  /** What a person needs who pastes a few calls; draining took less (docs/rollback-plan.md). */
  static final Duration PASTING = Duration.ofSeconds(30);

  /** What a feed has under way: at most its resolved interval, a second, and its delay. */
  static final Duration UNDER_WAY = Duration.ofSeconds(2);

  static final Duration LONG = Duration.ofHours(1);

  private static final Pattern DURATION = Pattern.compile("(\\d{1,9})\\s*(ms|s|m|h|d)");
  private static final List<Question> ALL =
      List.of(
          new Question(
              "--rto",
              "How long may it take from the decision to go back to the moment at which the old database"
                  + " may be used?",
              "a time: 0, 30s, 5m, 4h"),
          new Question(
              "--rpo",
              "If CockroachDB is gone at once, how much of the latest writes may be lost? (In an orderly"
                  + " rollback nothing is.)",
              "a time: 0, 5s; or all, for all since the cutover"),
          new Question("--writers", "Where do users write after the cutover?", "one, both"),
          new Question("--same-keys", "Can two writers touch one row?", "yes, no"),
          new Question(
              "--application-can-change",
              "Can the application be changed to write both databases?",
              "yes, no"),
          new Question("--kafka-connect", "Can you run Kafka and Kafka Connect?", "yes, no"),
          new Question(
              "--watch", "Who would see that a connector stands still?", "nobody, daytime, always"),
          new Question(
              "--old-database",
              "Which database was migrated from?",
              "postgresql (14 and newer), postgresql-12 (12 and 13), mysql, mariadb, oracle"));

  /**
   * A question.
   *
   * @param option by which it is answered
   * @param answers those that are understood
   */
  record Question(String option, String text, String answers) {}

  private final Map<String, String> given = new LinkedHashMap<>();

  /** An answer is none that is understood; the message says what to type instead. */
  static final class UnclearException extends Exception {
    private static final long serialVersionUID = 1;

    UnclearException(String message) {
      super(message);
    }
  }

  /** Takes an answer that was typed as an option; null for one that was not. */
  void give(String option, String answer) throws UnclearException {
    if (answer != null) {
      Question question = question(option);
      if (!isUnderstood(option, answer)) {
        throw new UnclearException(option + " is " + question.answers() + "; not " + answer + ".");
      }
      given.put(option, answer.strip().toLowerCase(Locale.ROOT));
    }
  }

  private static Question question(String option) {
    return ALL.stream().filter(each -> each.option().equals(option)).findFirst().orElseThrow();
  }

  /** Those that are not answered yet, and whose answers matter. */
  List<Question> open() {
    return ALL.stream().filter(each -> !given.containsKey(each.option()) && matters(each)).toList();
  }

  /** One writer cannot meet another. */
  private boolean matters(Question question) {
    return !question.option().equals("--same-keys") || !"one".equals(given.get("--writers"));
  }

  /**
   * Asks what is open.
   *
   * @return whether all was answered; not if the input ended before
   */
  boolean ask(BufferedReader in, PrintWriter out) throws IOException {
    for (Question question : new ArrayList<>(ALL)) {
      while (!given.containsKey(question.option()) && matters(question)) {
        out.println(question.text());
        out.print("  (" + question.answers() + ") ");
        out.flush();
        String answer = in.readLine();
        if (answer == null) {
          out.println();
          return false;
        }
        try {
          give(question.option(), answer);
        } catch (UnclearException e) {
          out.println("  " + e.getMessage());
        }
      }
    }
    return true;
  }

  /** All answers as they were given, by option. */
  Map<String, String> answers() {
    return Map.copyOf(given);
  }

  /** What they mean; nothing may be open. */
  Answers meaning() {
    return new Answers(
        rto(given.get("--rto")),
        rpo(given.get("--rpo")),
        given.get("--writers").equals("one") ? Writers.ONE : Writers.BOTH,
        "yes".equals(given.get("--same-keys")),
        given.get("--application-can-change").equals("yes"),
        given.get("--kafka-connect").equals("yes"),
        Watch.valueOf(given.get("--watch").toUpperCase(Locale.ROOT)),
        old(given.get("--old-database")));
  }

  private static Rto rto(String text) {
    Duration time = duration(text).orElseThrow();
    return time.compareTo(PASTING) < 0
        ? Rto.NOW
        : time.compareTo(LONG) < 0 ? Rto.MINUTES : Rto.HOURS;
  }

  private static Rpo rpo(String text) {
    return text.equals("all")
        ? Rpo.ALL
        : duration(text).orElseThrow().compareTo(UNDER_WAY) < 0 ? Rpo.NOTHING : Rpo.SECONDS;
  }

  private static Old old(String text) {
    return switch (text) {
      case "postgresql" -> Old.POSTGRESQL;
      case "postgresql-12" -> Old.OLDER_POSTGRESQL;
      default -> Old.OTHER;
    };
  }

  private static boolean isUnderstood(String option, String answer) {
    String text = answer.strip().toLowerCase(Locale.ROOT);
    return switch (option) {
      case "--rto" -> duration(text).isPresent();
      case "--rpo" -> text.equals("all") || duration(text).isPresent();
      case "--writers" -> List.of("one", "both").contains(text);
      case "--watch" -> List.of("nobody", "daytime", "always").contains(text);
      case "--old-database" ->
          List.of("postgresql", "postgresql-12", "mysql", "mariadb", "oracle").contains(text);
      default -> List.of("yes", "no").contains(text);
    };
  }

  private static Optional<Duration> duration(String text) {
    Matcher parts = DURATION.matcher(text);
    if (text.equals("0")) {
      return Optional.of(Duration.ZERO);
    } else if (!parts.matches()) {
      return Optional.empty();
    }
    long number = Long.parseLong(parts.group(1));
    return Optional.of(
        switch (parts.group(2)) {
          case "ms" -> Duration.ofMillis(number);
          case "s" -> Duration.ofSeconds(number);
          case "m" -> Duration.ofMinutes(number);
          case "h" -> Duration.ofHours(number);
          default -> Duration.ofDays(number);
        });
  }
}
