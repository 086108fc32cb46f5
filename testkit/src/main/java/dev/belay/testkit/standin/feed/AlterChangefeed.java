package dev.belay.testkit.standin.feed;

import dev.belay.testkit.standin.sql.Reader;
import dev.belay.testkit.standin.sql.Refusal;
import dev.belay.testkit.standin.sql.Sql;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An {@code ALTER CHANGEFEED} statement as written. */
record AlterChangefeed(long job, List<Command> commands) {

  /** A part of it; they are done in their order. */
  sealed interface Command {
    /** {@code tables} as SQL. */
    record Add(List<String> tables, Map<String, Optional<String>> options) implements Command {}

    record Drop(List<String> tables) implements Command {}

    record Set(Map<String, Optional<String>> options) implements Command {}

    record Unset(List<String> options) implements Command {}
  }

  AlterChangefeed {
    commands = List.copyOf(commands);
  }

  /**
   * @throws Refusal if it cannot be read
   */
  static AlterChangefeed parse(Sql sql) {
    Reader in = new Reader(sql, 0);
    in.expect("ALTER", "CHANGEFEED");
    String id = in.next().value();
    List<Command> commands = new ArrayList<>();
    do {
      commands.add(command(in));
    } while (!in.isAtEnd());
    try {
      return new AlterChangefeed(Long.parseLong(id), commands);
    } catch (NumberFormatException e) {
      throw new Refusal("42804", "changefeed ID must be an INT value");
    }
  }

  private static Command command(Reader in) {
    if (in.skip("ADD")) {
      List<String> tables = tables(in);
      return new Command.Add(tables, in.skip("WITH") ? options(in) : Map.of());
    } else if (in.skip("DROP")) {
      return new Command.Drop(tables(in));
    } else if (in.skip("SET")) {
      return new Command.Set(options(in));
    }
    in.expect("UNSET");
    return new Command.Unset(in.names());
  }

  private static List<String> tables(Reader in) {
    List<String> tables = new ArrayList<>();
    do {
      in.skip("TABLE");
      tables.add(in.path());
    } while (in.skip(","));
    if (in.isNext("FAMILY")) {
      throw Refusal.notInStandIn("a changefeed for a column family");
    }
    return tables;
  }

  private static Map<String, Optional<String>> options(Reader in) {
    boolean inBrackets = in.skip("OPTIONS", "(");
    Map<String, Optional<String>> options = new LinkedHashMap<>();
    do {
      Map.Entry<String, Optional<String>> option = in.option();
      options.put(option.getKey(), option.getValue());
    } while (in.skip(","));
    if (inBrackets) {
      in.expect(")");
    }
    return options;
  }
}
