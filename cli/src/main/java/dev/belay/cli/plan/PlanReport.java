package dev.belay.cli.plan;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.cli.init.RollbackOption;
import dev.belay.cli.text.Wrapped;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The recommendation, to a person on 80 columns or to a program.
 *
 * @param answers as they were given, by option
 * @param look empty if no database was asked
 * @param toSettle of the way that is recommended, or what contradicts itself
 * @param initLine that builds it; empty if nothing is recommended
 */
record PlanReport(
    Map<String, String> answers,
    Decision decision,
    TradeOffs tradeOffs,
    Optional<Look> look,
    List<String> toSettle,
    String initLine) {
  void text(PrintWriter out) {
    if (look.isPresent()) {
      out.println("Found");
      look.get()
          .facts()
          .forEach(fact -> Wrapped.print(out, "  ", fact.what() + ": " + fact.value()));
      out.println();
    }
    Wrapped.print(
        out,
        "",
        decision
            .recommended()
            .map(way -> "RECOMMENDED: " + way.title())
            .orElse("CONTRADICTION: no way back meets all of these answers"));
    decision.reasons().forEach(reason -> Wrapped.print(out, "  - ", reason));
    out.println();
    out.println(decision.recommended().isPresent() ? "The others" : "What excludes each");
    decision
        .against()
        .forEach(
            (way, texts) -> {
              out.println("  " + way.title());
              texts.forEach(text -> Wrapped.print(out, "    - ", text));
            });
    out.println();
    Wrapped.print(out, "", "What each costs (how it was measured: docs/rollback-plan.md)");
    for (TradeOffs.Row row : tradeOffs.rows()) {
      Wrapped.print(out, "  ", row.what());
      for (RollbackOption way : Decision.WAYS) {
        String cost = row.costs().get(way);
        Wrapped.print(out, "    ", name(way) + (cost.isEmpty() ? "not measured" : cost));
      }
    }
    if (!toSettle.isEmpty()) {
      out.println();
      out.println("To be settled first");
      toSettle.forEach(text -> Wrapped.print(out, "  - ", text));
    }
    if (!initLine.isEmpty()) {
      out.println();
      out.println("Build it with");
      // to be pasted as it stands
      out.println("  " + initLine.replace(" --", " \\\n    --"));
    }
    out.flush();
  }

  private static String name(RollbackOption way) {
    return String.format("%-14s", way.word());
  }

  void json(PrintWriter out) {
    ObjectNode plan = JsonNodeFactory.instance.objectNode().put("type", "plan");
    plan.put("recommended", decision.recommended().map(RollbackOption::word).orElse(null));
    ObjectNode given = plan.putObject("answers");
    new TreeMap<>(answers).forEach((option, answer) -> given.put(option.substring(2), answer));
    decision.reasons().forEach(plan.putArray("reasons")::add);
    ArrayNode others = plan.putArray("others");
    decision
        .against()
        .forEach(
            (way, texts) -> {
              ObjectNode other =
                  others
                      .addObject()
                      .put("way", way.word())
                      .put("possible", decision.excluded().get(way).isEmpty());
              texts.forEach(other.putArray("against")::add);
              decision.excluded().get(way).stream()
                  .map(rule -> rule.answer().substring(2))
                  .forEach(other.putArray("answers")::add);
            });
    ArrayNode rows = plan.putArray("trade_offs");
    for (TradeOffs.Row row : tradeOffs.rows()) {
      ObjectNode costs = rows.addObject().put("what", row.what());
      row.costs().forEach((way, cost) -> costs.put(way.word(), cost));
    }
    ArrayNode found = plan.putArray("found");
    look.ifPresent(
        databases ->
            databases
                .facts()
                .forEach(
                    fact -> found.addObject().put("what", fact.what()).put("value", fact.value())));
    toSettle.forEach(plan.putArray("to_settle")::add);
    plan.put("init", initLine.isEmpty() ? null : initLine);
    out.println(plan);
    out.flush();
  }
}
