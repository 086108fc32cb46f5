package dev.belay.testkit.standin.feed;

import dev.belay.testkit.standin.feed.AlterChangefeed.Command;
import dev.belay.testkit.standin.feed.FeedPlan.Watched;
import dev.belay.testkit.standin.row.TableShape;
import dev.belay.testkit.standin.sql.Refusal;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Works out what a job does after an {@code ALTER CHANGEFEED}. Texts and rules are those of
 * CockroachDB's {@code alter_changefeed_stmt.go} of 2026. One thread, one statement.
 *
 * <p>Not verified: the word TABLE in the names of targets. Unlike there, a table that was made
 * after the job's high-water mark may be added at once.
 */
final class Alteration {

  private static final Set<String> FIXED =
      Set.of("cursor", "initial_scan", "no_initial_scan", "initial_scan_only", "end_time");
  private static final Set<String> SCAN_OPTIONS =
      Set.of("initial_scan", "no_initial_scan", "initial_scan_only");

  /** Tells what a feed does with a table that was not there before. */
  @FunctionalInterface
  interface Maker {
    Watched watched(TableShape table) throws SQLException;
  }

  /** Finds the table that a name means. */
  @FunctionalInterface
  interface Finder {
    Optional<TableShape> find(String name) throws SQLException;
  }

  private final Finder finder;
  private final boolean scansOnly;
  private final Map<String, Optional<String>> options;
  private final Map<Long, Optional<TableShape>> added = new HashMap<>();
  private final Map<Long, String> printed = new LinkedHashMap<>();
  private final Map<Long, Watched> watched = new LinkedHashMap<>();
  private final Set<Long> scans = new HashSet<>();
  private SinkUri sink;

  private Alteration(FeedPlan plan, Finder finder) {
    this.finder = finder;
    this.sink = plan.uri();
    this.scansOnly = plan.options().initialScan() == FeedOptions.InitialScan.ONLY;
    this.options = new TreeMap<>(plan.given());
    for (Watched table : plan.tables()) {
      watched.put(table.id(), table);
      printed.put(table.id(), table.printed());
    }
  }

  /** Does all commands of a statement, in their order. */
  static Alteration of(FeedPlan plan, List<Command> commands, Finder finder) throws SQLException {
    Alteration alteration = new Alteration(plan, finder);
    // As CockroachDB does: options first, so that a wrong one is told before a wrong table.
    commands.forEach(alteration::options);
    for (Command command : commands) {
      alteration.tables(command);
    }
    if (alteration.printed.isEmpty()) {
      throw Refusal.invalid("cannot drop all targets");
    }
    return alteration;
  }

  private void options(Command command) {
    if (command instanceof Command.Set set) {
      FeedOptions.checkNames(set.options(), Set.of("sink"));
      set.options().forEach(this::set);
    } else if (command instanceof Command.Unset unset) {
      unset.options().forEach(this::unset);
    }
  }

  private void set(String name, Optional<String> value) {
    if (FIXED.contains(name)) {
      throw Refusal.invalid("cannot alter option \"" + name + "\"");
    } else if (!name.equals("sink")) {
      options.put(name, value);
      return;
    }
    SinkUri next = SinkUri.parse(value.orElse(""));
    if (!next.scheme().equals(sink.scheme())) {
      throw Refusal.invalid(
          "New sink type \""
              + next.scheme()
              + "\" does not match original sink type \""
              + sink.scheme()
              + "\". Altering the sink type of a changefeed is disallowed, consider creating a new"
              + " changefeed instead.");
    }
    sink = next;
  }

  private void unset(String name) {
    if (name.equals("sink")) {
      throw Refusal.invalid("cannot unset option \"sink\"");
    } else if (!FeedOptions.isKnown(name)) {
      throw Refusal.invalid("invalid option \"" + name + "\"");
    } else if (FIXED.contains(name)) {
      throw Refusal.invalid("cannot alter option \"" + name + "\"");
    }
    options.remove(name);
  }

  private void tables(Command command) throws SQLException {
    if (command instanceof Command.Add add) {
      boolean scan = isScanned(add.options());
      for (String name : add.tables()) {
        add(name, scan);
      }
    } else if (command instanceof Command.Drop drop) {
      for (String name : drop.tables()) {
        drop(name);
      }
    }
  }

  private boolean isScanned(Map<String, Optional<String>> with) {
    for (String name : with.keySet()) {
      if (!name.equals("initial_scan") && !name.equals("no_initial_scan")) {
        throw Refusal.invalid("invalid option \"" + name + "\"");
      }
    }
    String scan = with.getOrDefault("initial_scan", Optional.empty()).orElse("");
    if (!Set.of("", "yes", "no", "only").contains(scan)) {
      throw Refusal.invalid(
          "cannot set \"initial_scan\" to \""
              + scan
              + "\". possible values for initial_scan are \"yes\", \"no\", \"only\", or no value");
    } else if (with.size() == 2) {
      throw Refusal.invalid("cannot specify both \"initial_scan\" and \"no_initial_scan\"");
    }
    return switch (scan) {
      case "" -> with.containsKey("initial_scan");
      case "yes" -> true;
      case "only" -> scansOnly;
      default -> false;
    };
  }

  private void add(String name, boolean scan) throws SQLException {
    TableShape table = finder.find(name).orElseThrow(() -> missing(name));
    if (printed.containsKey(table.id())) {
      throw Refusal.invalid("target \"TABLE " + quoted(name) + "\" already watched by changefeed");
    }
    printed.put(table.id(), Targets.printed(name));
    added.put(table.id(), Optional.of(table));
    if (scan) {
      scans.add(table.id());
    } else {
      scans.remove(table.id());
    }
  }

  private void drop(String name) throws SQLException {
    Optional<TableShape> found = finder.find(name);
    long id = found.isPresent() ? found.get().id() : formerId(name);
    if (printed.remove(id) == null) {
      throw Refusal.invalid(
          "target \"TABLE " + quoted(name) + "\" already not watched by changefeed");
    }
    added.remove(id);
    watched.remove(id);
    scans.remove(id);
  }

  /** A table that was dropped meanwhile can still be named as it was. */
  private long formerId(String name) {
    return watched.values().stream()
        .filter(table -> table.name().equals(quoted(name)) || table.fullName().equals(quoted(name)))
        .findFirst()
        .orElseThrow(() -> missing(name))
        .id();
  }

  private static Refusal missing(String name) {
    return Refusal.invalid("target \"TABLE " + quoted(name) + "\" does not exist");
  }

  private static String quoted(String name) {
    return name.replace("\"", "");
  }

  SinkUri sink() {
    return sink;
  }

  Map<String, Optional<String>> given() {
    return options;
  }

  /** Tables that are to be read first. */
  Set<Long> scans() {
    return scans;
  }

  /** The tables as SQL, for the description, which says nothing of initial scans any more. */
  String description() {
    Map<String, Optional<String>> shown = new TreeMap<>(options);
    shown.keySet().removeAll(SCAN_OPTIONS);
    return Description.of(List.copyOf(printed.values()), sink, shown);
  }

  /**
   * @param maker of what is told about a table that was not there before
   */
  List<Watched> tables(Maker maker) throws SQLException {
    List<Watched> tables = new ArrayList<>();
    for (long id : printed.keySet()) {
      Optional<TableShape> table = added.getOrDefault(id, Optional.empty());
      tables.add(table.isPresent() ? maker.watched(table.get()) : watched.get(id));
    }
    return tables;
  }

  /** The tables that were not there before. */
  List<TableShape> added() {
    return added.values().stream().flatMap(Optional::stream).toList();
  }
}
