package dev.belay.cli.init;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The page to work through: the playbook of {@code config/playbooks}, with these names in it. */
final class PlaybookFile {
  private static final Pattern LINK = Pattern.compile("\\[([^\\]]+)]\\(([^)\\s]+)\\)");
  private static final Pattern CONNECTOR =
      Pattern.compile(
          "(?<![\\w.-])shop-(standby-feed|feed|failback|standby|forward-source|forward)(?![\\w-])");
  private static final String OWN_PAGE = "/dev/belay/cli/init/forward.md";

  private final Site site;
  private final Set<String> files;

  /**
   * @param files that are written beside it
   */
  PlaybookFile(Site site, Set<String> files) {
    this.site = site;
    this.files = files;
  }

  String text() {
    Template page =
        switch (site.option()) {
          case FAILBACK -> failback();
          case BIDIRECTIONAL -> bidirectional();
          case DUAL_WRITE -> dualWrite();
          case MANUAL -> new ManualPage(site).page();
          case FORWARD -> forward();
        };
    String named = CONNECTOR.matcher(page.text()).replaceAll(site.name() + "-$1");
    return linked(named)
        .replaceAll("\n{3,}", "\n\n")
        .replaceFirst("(?m)^## 0[.] ", Matcher.quoteReplacement(beforehand() + "\n## 0. "));
  }

  private static Template of(RollbackOption option) {
    return Template.of("playbooks/" + option.page() + ".md");
  }

  private Template failback() {
    Template page = names(of(RollbackOption.FAILBACK)).leaveOut("^Before you begin: .*?\\n(?=\\n)");
    page.put("(`./belay verify --help`)", "(`belay verify`, as above)");
    page.put("`./belay verify`)", "`belay verify`)");
    sequences(page);
    if (site.product() == Product.POSTGRESQL) {
      page.put("'forward[.]public[.].*'", forwardTopics());
    } else if (site.product() == Product.ORACLE) {
      OtherWords.oracle(page, site);
    } else {
      OtherWords.mySql(page, site);
    }
    return page;
  }

  private Template bidirectional() {
    String identities =
        site.tables().stream()
            .map(table -> "ALTER TABLE " + site.old(table) + " REPLICA IDENTITY FULL;\n")
            .collect(Collectors.joining());
    return names(of(RollbackOption.BIDIRECTIONAL))
        .putAt("^Before you begin: .*?(?=A row that both change)", "")
        .putAt("(?:^ALTER TABLE public[.]\\w+ REPLICA IDENTITY FULL;\\n)+", identities)
        .put("(`./belay verify --help`)", "(`belay verify`, as above)")
        .put("'forward[.]public[.].*'", forwardTopics());
  }

  private Template dualWrite() {
    String user = site.product().quoted(site.applicationUser());
    String tables = "ON TABLE " + site.oldTables();
    return names(of(RollbackOption.DUAL_WRITE))
        .leaveOut("^Before you begin: .*?\\n(?=\\n)")
        .put("(`./belay verify --help`)", "(`belay verify`, as above)")
        .put("ON ALL TABLES IN SCHEMA public FROM shop_app", tables + " FROM " + user)
        .put("ON ALL TABLES IN SCHEMA public TO shop_app", tables + " TO " + user)
        .put(
            "usename = 'shop_app'", "usename = '" + site.applicationUser().replace("'", "''") + "'")
        .put("`shop_app`", "`" + site.applicationUser() + "`");
  }

  private Template forward() {
    String tools = of(RollbackOption.FAILBACK).part("(ask\\(\\) \\{ .*?)```");
    return Template.ofResource(OWN_PAGE)
        .put("TOOLS\n", tools)
        .put("OLD_DATABASE", site.old().title());
  }

  private Template names(Template page) {
    page.put("FILES:-config/playbooks", "FILES:-.");
    if (site.option() != RollbackOption.DUAL_WRITE) {
      page.put("KAFKA:-kafka.example.com:9092", "KAFKA:-" + site.kafka());
    }
    return page;
  }

  /** Of all schemas, as a pattern in single quotes. */
  private String forwardTopics() {
    List<String> schemas =
        site.targetSchemas().stream().map(schema -> schema.replace(".", "[.]")).toList();
    String any = schemas.size() == 1 ? schemas.get(0) : "(" + String.join("|", schemas) + ")";
    return "'forward[.]" + any + "[.].*'";
  }

  /** Sets a sequence behind the greatest value that its column has. */
  static String setval(Site site, ChosenTable table, ChosenTable.OwnedSequence sequence) {
    return "SELECT setval('"
        + sequence.sql().replace("'", "''")
        + "', (SELECT max("
        + Product.POSTGRESQL.quoted(sequence.column())
        + ") FROM "
        + site.old(table)
        + ")) AS highest;";
  }

  /** One statement for each column that a sequence fills. */
  private void sequences(Template page) {
    if (site.product() != Product.POSTGRESQL) {
      return;
    }
    List<String> lines = new ArrayList<>();
    for (ChosenTable table : site.tables()) {
      for (ChosenTable.OwnedSequence sequence : table.sequences()) {
        lines.add(setval(site, table, sequence));
      }
    }
    if (lines.isEmpty()) {
      page.putAt(
          "Replication does not move sequences[.] For each column that has one:\\n\\n```sql old\\n.*?```\\n",
          "Replication does not move sequences. None of these columns had one when `belay init` looked.\n");
    } else {
      page.putAt(
          "(?<=^```sql old\\n)SELECT setval[(]pg_get_serial_sequence[^\\n]*",
          String.join("\n", lines));
    }
  }

  /** Links to what is written beside the page stay; others become the names of Belay's files. */
  private String linked(String text) {
    Predicate<String> isHere = files::contains;
    return LINK.matcher(text).replaceAll(link -> Matcher.quoteReplacement(linked(link, isHere)));
  }

  private static String linked(MatchResult link, Predicate<String> isHere) {
    String to = link.group(2);
    if (isHere.test(to) || to.matches("[a-z]+:.*")) {
      return link.group();
    }
    String place =
        to.startsWith("../../")
            ? to.substring("../../".length())
            : to.startsWith("../")
                ? "config/" + to.substring("../".length())
                : "config/playbooks/" + to;
    return link.group(1) + " (`" + place + "`)";
  }

  /** What is to be done before the first step, with the files that are there. */
  private String beforehand() {
    StringBuilder text =
        new StringBuilder("## Before you begin\n\n")
            .append(
                "`belay init` has put in the names of these tables. Files of Belay itself are named `docs/...` and `config/...`.\n\n")
            .append("| CockroachDB, `new` | ")
            .append(site.old().title())
            .append(", `old` |")
            .append(site.option().hasFeed() ? " topic |\n|---|---|---|\n" : "\n|---|---|\n");
    for (ChosenTable table : site.tables()) {
      text.append("| `")
          .append(table.sourceName())
          .append("` | `")
          .append(table.targetName())
          .append("` |");
      text.append(site.option().hasFeed() ? " `" + table.topic() + "` |\n" : "\n");
    }
    text.append('\n');
    int step = 1;
    List<String> scripts = files.stream().filter(file -> file.startsWith("sql/")).toList();
    if (!scripts.isEmpty()) {
      text.append(step++)
          .append(
              ". Have administrators run these, in this order; the head of each says as whom and how: ")
          .append(
              scripts.stream()
                  .map(file -> "[" + file + "](" + file + ")")
                  .collect(Collectors.joining(", ")))
          .append(".\n");
    }
    if (files.contains("secrets.properties.example")) {
      text.append(step++)
          .append(". Put the passwords into `")
          .append(Site.SECRETS)
          .append(
              "` on each worker, as [secrets.properties.example](secrets.properties.example) has it, and the certificates where the JSON files name them.\n");
    }
    if (files.contains("changefeed-overrides.json")) {
      text.append(step++)
          .append(
              ". Put [changefeed-overrides.json](changefeed-overrides.json) on each worker as `")
          .append(site.overrides())
          .append("`.\n");
    }
    if (site.option().hasForward()) {
      text.append(step++)
          .append(
              ". Debezium's plugin and `exactly.once.source.support=enabled` in each worker (`docs/forward.md`).\n");
    }
    if (site.option().hasFeed()) {
      text.append(step++)
          .append(
              ". Create the topics. `retention.ms` must exceed the longest time for which the old database or Connect may be away:\n\n```sh\nfor topic in ")
          .append(site.tables().stream().map(ChosenTable::topic).collect(Collectors.joining(" ")))
          .append("; do\n  kafka-topics.sh --bootstrap-server ")
          .append(site.kafka())
          .append(
              " --create --topic \"$topic\" \\\n    --partitions 6 --replication-factor 3 --config min.insync.replicas=2 \\\n    --config cleanup.policy=delete --config retention.ms=604800000\ndone\n```\n");
    }
    if (site.product() != Product.ORACLE) {
      text.append(
              "\nTo compare the rows of both databases, with users who may read the tables and their passwords in `BELAY_SOURCE_PASSWORD` and\n`BELAY_TARGET_PASSWORD`:\n\n```sh\n")
          .append(compare())
          .append("\n```\n");
    }
    return text.toString();
  }

  private String compare() {
    Map<String, String> renames =
        site.tables().stream()
            .filter(table -> !table.source().name().equals(table.target().name()))
            .collect(
                Collectors.toMap(
                    table -> table.source().name(),
                    table -> table.target().name(),
                    (one, other) -> one,
                    TreeMap::new));
    StringBuilder line =
        new StringBuilder("belay verify --source '")
            .append(site.source().url())
            .append("' --source-user READER \\\n  --target '")
            .append(site.target().url())
            .append("' --target-user READER \\\n  --tables '")
            .append(
                site.tables().stream()
                    .map(table -> table.source().name())
                    .collect(Collectors.joining("|")))
            .append('\'');
    renames.forEach(
        (from, to) -> line.append(" --rename '").append(from).append('=').append(to).append('\''));
    return line.toString();
  }
}
