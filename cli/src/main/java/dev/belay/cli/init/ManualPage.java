package dev.belay.cli.init;

import java.util.List;
import java.util.stream.Collectors;

/** Manual reconciliation of PostgreSQL's tables: the playbook, with the columns of these tables. */
final class ManualPage {
  private final Site site;

  ManualPage(Site site) {
    this.site = site;
  }

  Template page() {
    Template page = Template.of("playbooks/" + RollbackOption.MANUAL.page() + ".md");
    Address source = site.source();
    Address target = site.target();
    page.putAt(
        "The tables are the examples'.*?\\n(?=\\n)",
        "The tables' columns are those of the day on which this was written.\n");
    page.put(
        "postgresql://root@new-db.example.com:26257/shop",
        "postgresql://root@" + source.hosts() + "/" + source.database());
    page.put(
        "postgresql://postgres@old-db.example.com:5432/shop",
        "postgresql://postgres@" + target.hosts() + "/" + target.database());
    page.put("jdbc:cockroachdb://new-db.example.com:26257/shop", source.url());
    page.put("jdbc:postgresql://old-db.example.com:5432/shop", target.url());
    page.put("--tables customers,orders ", "--tables '" + patterns() + "' " + renames());
    page.put(
        ".key.id | gsub(\"\\u0027\"; \"\\u0027\\u0027\") | \"\\u0027\" + . + \"\\u0027\"'",
        "[.key[] | gsub(\"\\u0027\"; \"\\u0027\\u0027\") | \"\\u0027\" + . + \"\\u0027\"] | \"(\" + join(\", \") + \")\"'");
    page.putAt("CREATE TABLE repair[.]customers.*?(?=```)", places());
    page.putAt("^for table in customers orders; do\\n.*?^cat deletes[.]sql\\n", bring());
    page.putAt(
        "^BEGIN;\\nINSERT INTO public[.]customers.*?^COMMIT;\\n",
        "BEGIN;\n" + inserts() + "COMMIT;\n");
    page.putAt("^SELECT setval[^\\n]*\\n", sequences());
    return page;
  }

  private String patterns() {
    return site.tables().stream()
        .map(table -> table.source().name().replaceAll("[^A-Za-z0-9_]", "\\\\$0"))
        .collect(Collectors.joining("|"));
  }

  private String renames() {
    return site.tables().stream()
        .filter(table -> !table.source().name().equals(table.target().name()))
        .map(table -> "--rename '" + table.source().name() + "=" + table.target().name() + "' ")
        .collect(Collectors.joining());
  }

  private static String repair(ChosenTable table) {
    return "repair." + Product.POSTGRESQL.quoted(table.source().name());
  }

  private String places() {
    return site.tables().stream()
        .map(table -> "CREATE TABLE " + repair(table) + " (content jsonb);\n")
        .collect(Collectors.joining());
  }

  /** The rows that the old database needs are brought; those that it should not have are noted. */
  private String bring() {
    String calls =
        site.tables().stream()
            .map(
                table ->
                    "  bring "
                        + String.join(
                            " ",
                            List.of(
                                shell(table.source().name()),
                                shell(table.source().sql()),
                                shell(columns(table.sourceKey())),
                                shell(site.old(table)),
                                shell(columns(table.key())),
                                shell(repair(table))))
                        + "\n")
            .collect(Collectors.joining());
    return """
    bring() {   # a table: its name, the one in CockroachDB and its key, the old one and its key, where its rows wait
      wanted=$(keys "$1" 'missing changed')
      if [ -n "$wanted" ]; then
        printf 'COPY (SELECT to_jsonb(t) FROM %s t WHERE (%s) IN (%s)) TO STDOUT;\\n' "$2" "$3" "$wanted" |
          psql -X -q -v ON_ERROR_STOP=1 "$NEW" |
          psql -X -q "$OLD" -c "COPY $6 FROM STDIN"
      fi
      gone=$(keys "$1" 'extra')
      if [ -n "$gone" ]; then
        printf 'DELETE FROM %s WHERE (%s) IN (%s);\\n' "$4" "$5" "$gone"
      fi
    }
    {
    """
        + calls
        + "} | tac >deletes.sql\ncat deletes.sql\n";
  }

  private static String shell(String text) {
    return "'" + text.replace("'", "'\\''") + "'";
  }

  private static String columns(List<String> names) {
    return names.stream().map(Product.POSTGRESQL::quoted).collect(Collectors.joining(", "));
  }

  private String inserts() {
    return site.tables().stream().map(this::insert).collect(Collectors.joining());
  }

  private String insert(ChosenTable table) {
    String sets =
        table.columns().stream()
            .filter(column -> !table.key().contains(column))
            .map(Product.POSTGRESQL::quoted)
            .map(column -> column + " = EXCLUDED." + column)
            .collect(Collectors.joining(", "));
    return "INSERT INTO "
        + site.old(table)
        + " ("
        + columns(table.columns())
        + ") OVERRIDING SYSTEM VALUE\n  SELECT "
        + table.columns().stream()
            .map(column -> "r." + Product.POSTGRESQL.quoted(column))
            .collect(Collectors.joining(", "))
        + "\n  FROM "
        + repair(table)
        + ", jsonb_populate_record(NULL::"
        + site.old(table)
        + ", content) r\n  ON CONFLICT ("
        + columns(table.key())
        + ") DO "
        + (sets.isEmpty() ? "NOTHING" : "UPDATE SET " + sets)
        + ";\n";
  }

  private String sequences() {
    return site.tables().stream()
        .flatMap(table -> table.sequences().stream().map(sequence -> setval(table, sequence)))
        .collect(Collectors.joining());
  }

  private String setval(ChosenTable table, ChosenTable.OwnedSequence sequence) {
    return PlaybookFile.setval(site, table, sequence) + "\n";
  }
}
