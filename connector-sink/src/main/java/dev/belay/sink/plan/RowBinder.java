package dev.belay.sink.plan;

import dev.belay.sink.change.Change;
import dev.belay.sink.change.ChangeInfo;
import dev.belay.sink.change.Row;
import dev.belay.sink.change.TableName;
import dev.belay.sink.change.Upsert;
import dev.belay.sink.failure.UnfitValueException;
import dev.belay.sink.plan.ColumnPlans.ColumnPlan;
import dev.belay.sink.shape.ColumnShape;
import dev.belay.sink.shape.TableShape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Binds changes to their target tables. Remembers per table what the rows seen so far said about
 * the order of unnamed keys. One thread.
 */
public final class RowBinder {
  private final TableMap tables;
  private final KeyColumns keyColumns;
  private final FamilyColumns familyColumns;
  private final ColumnPolicy columnPolicy;
  private final DeletePolicy deletePolicy;
  private final ConflictPolicies conflicts;
  private final Function<TableName, Optional<TableShape>> catalog;
  private final Map<TableName, Map<String, Set<String>>> families = new HashMap<>();
  private final Map<TableName, Binding> bindings = new HashMap<>();
  private final Map<KeyId, KeyOrder> orders = new HashMap<>();

  /**
   * @param catalog the target's shape of a target table, empty if there is no such table
   */
  public RowBinder(
      TableMap tables,
      KeyColumns keyColumns,
      FamilyColumns familyColumns,
      ColumnPolicy columnPolicy,
      DeletePolicy deletePolicy,
      Function<TableName, Optional<TableShape>> catalog) {
    this(
        tables,
        keyColumns,
        familyColumns,
        columnPolicy,
        deletePolicy,
        ConflictPolicies.NONE,
        catalog);
  }

  /**
   * @param conflicts what becomes of rows that the target changes as well
   */
  public RowBinder(
      TableMap tables,
      KeyColumns keyColumns,
      FamilyColumns familyColumns,
      ColumnPolicy columnPolicy,
      DeletePolicy deletePolicy,
      ConflictPolicies conflicts,
      Function<TableName, Optional<TableShape>> catalog) {
    this.tables = tables;
    this.keyColumns = keyColumns;
    this.familyColumns = familyColumns;
    this.columnPolicy = columnPolicy;
    this.deletePolicy = deletePolicy;
    this.conflicts = conflicts;
    this.catalog = catalog;
  }

  /**
   * Forgets the shapes. What rows said about the order of unnamed keys stays true for as long as
   * the key's columns stay the same, and what they said of column families for ever.
   */
  void forget() {
    bindings.clear();
  }

  BoundChange bind(int index, Change change) throws UnboundException {
    Binding binding = binding(change.info().table());
    try {
      return change instanceof Upsert upsert
          ? binding.bindUpsert(index, upsert)
          : binding.bindDelete(index, change.info());
    } catch (UnfitValueException e) {
      // the column may have been widened meanwhile
      throw new UnboundException(UnboundException.Reach.RECORD, true, e.getMessage());
    }
  }

  private Binding binding(TableName feed) throws UnboundException {
    Binding binding = bindings.get(feed);
    if (binding == null) {
      binding = new Binding(feed, shape(feed));
      requireOneFeed(binding);
      bindings.put(feed, binding);
    }
    return binding;
  }

  private void requireOneFeed(Binding given) throws UnboundException {
    for (Binding other : bindings.values()) {
      if (other.shape.name().equals(given.shape.name()) && !mayBeOne(other.feed, given.feed)) {
        throw new UnboundException(
            UnboundException.Reach.TABLE,
            true,
            "The feed's tables "
                + other.feed
                + " and "
                + given.feed
                + " both go to target table "
                + given.shape
                + ", where their rows would overwrite each other. Map them apart with tables.map; tables"
                + " of two databases without schemas need a connector each.");
      }
    }
  }

  /** Whether two names can be of one table, of which one says less. */
  private static boolean mayBeOne(TableName a, TableName b) {
    boolean otherDatabase =
        a.schema().isEmpty()
            && b.schema().isEmpty()
            && !a.database().isEmpty()
            && !b.database().isEmpty()
            && !a.database().equals(b.database());
    return a.name().equals(b.name())
        && !otherDatabase
        && (a.schema().isEmpty() || b.schema().isEmpty() || a.schema().equals(b.schema()));
  }

  private TableShape shape(TableName feed) throws UnboundException {
    TableName target = tables.target(feed);
    TableShape shape =
        catalog
            .apply(target)
            .orElseThrow(
                () ->
                    new UnboundException(
                        UnboundException.Reach.TABLE,
                        true,
                        "The feed has rows of table "
                            + feed
                            + ", and the target has no table "
                            + target
                            + " that this user can see. Create it, grant SELECT, INSERT, UPDATE and"
                            + " DELETE on it, map it with tables.map, or take its topic out of the"
                            + " connector."));
    if (shape.key().isEmpty()) {
      throw new UnboundException(
          UnboundException.Reach.TABLE,
          true,
          "Target table "
              + target
              + " has no primary key, so its rows cannot be told apart. Add the primary key that"
              + " CockroachDB has.");
    }
    return shape;
  }

  /** One feed table and its shape in the target. */
  private final class Binding {
    private final TableName feed;
    private final TableShape shape;
    private final TableColumns names;
    private final KeyBinding keys;
    private final Families families;
    private final Optional<DeletePolicy.Mark> mark;
    private final ColumnPlans plans;
    private final PriorBinding priors;

    Binding(TableName feed, TableShape shape) throws UnboundException {
      this.feed = feed;
      this.shape = shape;
      Optional<KeyOrder.Configured> configured = configuredOrder();
      this.names = new TableColumns(shape, columnPolicy.renamed(feed), columnPolicy.reading());
      this.keys =
          new KeyBinding(
              feed,
              names,
              orders.computeIfAbsent(
                  new KeyId(
                      feed, shape.key().stream().map(c -> c.name() + " " + c.type()).toList()),
                  id -> new KeyOrder(shape.key().size(), configured)));
      this.families =
          new Families(knownFamilies(), names, name -> columnPolicy.ignores(feed, name));
      this.mark = deletePolicy.in(names);
      this.plans = new ColumnPlans(feed, names, columnPolicy, mark);
      this.priors = PriorBinding.of(feed, names, conflicts);
    }

    /** What rows have shown before the catalog was read again, or else what the user said. */
    private Map<String, Set<String>> knownFamilies() throws UnboundException {
      Map<String, Set<String>> known = RowBinder.this.families.get(feed);
      if (known == null) {
        known = new HashMap<>();
        for (Map.Entry<String, List<String>> said : familyColumns.of(feed).entrySet()) {
          for (String column : said.getValue()) {
            if (names.column(column).isEmpty()) {
              throw new UnboundException(
                  UnboundException.Reach.TABLE,
                  true,
                  "family.columns names column "
                      + column
                      + " for column family "
                      + said.getKey()
                      + " of table "
                      + feed
                      + ", and target table "
                      + shape
                      + " has no such column. Correct it.");
            }
          }
          known.put(said.getKey(), new LinkedHashSet<>(said.getValue()));
        }
        RowBinder.this.families.put(feed, known);
      }
      return known;
    }

    private Optional<KeyOrder.Configured> configuredOrder() throws UnboundException {
      Optional<String> entry = keyColumns.entry(feed);
      if (entry.isEmpty()) {
        return Optional.empty();
      }
      List<String> parts = keyColumns.byTable().get(entry.get());
      int[] positions = new int[shape.key().size()];
      for (int c = 0; c < positions.length; c++) {
        positions[c] = parts.indexOf(shape.key().get(c).name());
        if (positions[c] < 0) {
          throw new UnboundException(
              UnboundException.Reach.TABLE,
              true,
              "key.columns names the parts of the key of table "
                  + feed
                  + ", and column "
                  + shape.key().get(c).name()
                  + " of the target's primary key is not among them. Name every part of CockroachDB's"
                  + " key in its order, with - for one that the target lacks.");
        }
      }
      return Optional.of(new KeyOrder.Configured(parts.size(), positions));
    }

    BoundChange bindUpsert(int index, Upsert upsert) throws UnfitValueException, UnboundException {
      Row row = upsert.row();
      ColumnPlan plan = plans.of(row.names());
      String[] values = new String[plan.columns().size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = value(plan, i, row);
      }
      List<String> key;
      List<String> canonical;
      if (plan.keyInRow()) {
        key = new ArrayList<>(plan.keyAt().length);
        for (int c = 0; c < plan.keyAt().length; c++) {
          String value = values[plan.keyAt()[c]];
          if (value == null) {
            throw keys.nullKey(shape.key().get(c));
          }
          key.add(value);
        }
        canonical = keys.canonical(key);
        keys.learn(upsert.info(), canonical);
        keys.requireWholeKey(upsert.info(), key);
      } else {
        requireNoneOfTheKey(upsert.info(), plan);
        key = keys.keyFromParts(upsert.info());
        for (int c = 0; c < plan.keyAt().length; c++) {
          values[plan.keyAt()[c]] = key.get(c);
        }
        canonical = keys.canonical(key);
      }
      return new BoundChange(
          index,
          shape,
          keys.rowId(canonical),
          upsert.info().family(),
          kin(upsert.info(), row.names()),
          upsert.version(),
          false,
          false,
          upsert.whole(),
          key,
          plan.columns(),
          values,
          prior(upsert.info(), plan.columns()));
    }

    /** What is bound for a column; null for NULL, and for what the Kafka key alone has. */
    private String value(ColumnPlan plan, int column, Row row) throws UnfitValueException {
      int source = plan.sources()[column];
      if (source >= 0) {
        ColumnShape bound = plan.columns().get(column);
        return names.encode(
            bound,
            row.values().get(source),
            shape.isKeyColumn(bound.name()) ? ValuePolicy.EXACT : columnPolicy.values());
      }
      return switch (source) {
        case ColumnPlans.EXTRAS ->
            names.encode(plan.columns().get(column), plan.extras().object(row));
        case ColumnPlans.MARK -> mark.orElseThrow().none();
        default -> null;
      };
    }

    BoundChange bindDelete(int index, ChangeInfo info)
        throws UnfitValueException, UnboundException {
      List<String> key =
          info.before().row().isEmpty()
              ? keys.keyFromParts(info)
              : keys.keyFromRow(info.before().row(), info);
      if (mark.isPresent()) {
        return marked(index, info, key, mark.get());
      }
      Kin kin = kin(info, info.before().row().names());
      List<ColumnShape> columns = kin.part() ? families.emptied(info.family()) : List.of();
      String[] values = new String[columns.size()];
      for (int c = 0; c < values.length && c < key.size(); c++) {
        values[c] = key.get(c);
      }
      return new BoundChange(
          index,
          shape,
          keys.rowId(keys.canonical(key)),
          info.family(),
          kin,
          info.updated(),
          true,
          false,
          true,
          key,
          columns,
          values,
          prior(info, columns));
    }

    private Prior prior(ChangeInfo info, List<ColumnShape> columns)
        throws UnboundException, UnfitValueException {
      if (!priors.isAsked()) {
        return Prior.UNASKED;
      }
      Prior prior = priors.of(info, columns);
      return prior.kind() == Prior.Kind.ROW ? imaged(prior, info.before().row()) : prior;
    }

    /** The image as it is bound: the target's columns of it, none of which is made up here. */
    private Prior imaged(Prior prior, Row image) throws UnboundException, UnfitValueException {
      ColumnPlan plan = plans.of(image.names());
      List<ColumnShape> columns = new ArrayList<>(plan.columns().size());
      List<String> values = new ArrayList<>(plan.columns().size());
      for (int i = 0; i < plan.columns().size(); i++) {
        if (plan.sources()[i] >= 0) {
          columns.add(plan.columns().get(i));
          values.add(value(plan, i, image));
        }
      }
      return prior.with(plans.shared(columns), values.toArray(String[]::new));
    }

    /** A row that is gone and stays, with a mark. */
    private BoundChange marked(int index, ChangeInfo info, List<String> key, DeletePolicy.Mark mark)
        throws UnfitValueException {
      List<ColumnShape> columns = new ArrayList<>(shape.key());
      columns.add(mark.column());
      String[] values = key.toArray(new String[columns.size()]);
      values[key.size()] = mark.gone(info.committed());
      return new BoundChange(
          index,
          shape,
          keys.rowId(keys.canonical(key)),
          "",
          Kin.NONE,
          info.updated(),
          false,
          true,
          true,
          key,
          plans.shared(columns),
          values,
          Prior.UNASKED);
    }

    /**
     * How the change stands to the other families of its row.
     *
     * @param names that it, or its before image, has; none says nothing
     */
    private Kin kin(ChangeInfo info, List<String> names) throws UnboundException {
      String family = info.family();
      if (family.isEmpty()) {
        return Kin.NONE;
      }
      if (!names.isEmpty()) {
        families.learn(family, names);
      }
      if (!families.isKnown(family)) {
        throw new UnboundException(
            UnboundException.Reach.RECORD,
            false,
            "The record says null for column family "
                + family
                + " of table "
                + feed
                + ", of which no row was seen yet. That means that the row is gone if the family has"
                + " the key's columns, and that its columns are NULL if not. Name its columns with"
                + " family.columns="
                + feed.name()
                + "."
                + family
                + "=<column>,..., or give the feed the option diff.");
      }
      return families.kin(family, info.key().values().size() > shape.key().size());
    }

    /** Half of a key would name neither the row nor the family that stands for it. */
    private void requireNoneOfTheKey(ChangeInfo info, ColumnPlan plan) throws UnboundException {
      for (int place : plan.keyAt()) {
        if (!info.family().isEmpty() && plan.sources()[place] >= 0) {
          throw new UnboundException(
              UnboundException.Reach.TABLE,
              true,
              "Column family "
                  + info.family()
                  + " of table "
                  + feed
                  + " carries some columns of the primary key of target table "
                  + shape
                  + " and not all, so no family says whether a row exists. Put the key's columns into"
                  + " one family, or give the target table CockroachDB's primary key.");
        }
      }
    }
  }

  private record KeyId(TableName feed, List<String> columns) {}
}
