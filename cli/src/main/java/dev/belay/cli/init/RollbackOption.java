package dev.belay.cli.init;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** What can be built of a pair of databases: four ways back, and the way there. */
public enum RollbackOption {
  FAILBACK("failback", "failback on demand", "failback-on-demand"),
  BIDIRECTIONAL("bidirectional", "bidirectional", "bidirectional"),
  DUAL_WRITE("dual-write", "dual write with a standby", "dual-write"),
  MANUAL("manual", "manual reconciliation", "manual-reconciliation"),
  FORWARD("forward", "forward", "");

  private final String word;
  private final String title;
  private final String page;

  RollbackOption(String word, String title, String page) {
    this.word = word;
    this.title = title;
    this.page = page;
  }

  /** As it is typed. */
  public String word() {
    return word;
  }

  /** As it is told. */
  public String title() {
    return title;
  }

  /** Its playbook in {@code config/playbooks}, without the ending; empty if there is none. */
  String page() {
    return page;
  }

  /** What a person has typed. */
  public static Optional<RollbackOption> of(String typed) {
    return Arrays.stream(values())
        .filter(option -> option.word.equals(typed.toLowerCase(Locale.ROOT)))
        .findFirst();
  }

  /** All words, for a message. */
  public static String words() {
    return Arrays.stream(values()).map(RollbackOption::word).collect(Collectors.joining(", "));
  }

  boolean hasFeed() {
    return this != MANUAL && this != FORWARD;
  }

  boolean hasForward() {
    return this == BIDIRECTIONAL || this == FORWARD;
  }

  /** Whether rows are compared before they are written. */
  boolean compares() {
    return this == BIDIRECTIONAL || this == DUAL_WRITE;
  }
}
