package dev.belay.bench;

import java.io.IOException;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Debezium's JDBC sink as fast as it can be set up: one change per key in a batch, batches as large
 * as a poll, schemas given to the converter once, and what the database's dialect has.
 *
 * @param tasks {@code tasks.max}
 */
record DebeziumContestant(Engine engine, int tasks) implements Contestant {

  @Override
  public String name() {
    return "debezium-" + tasks;
  }

  @Override
  public String description() {
    return "Debezium JDBC sink, "
        + tasks
        + (tasks == 1 ? " task" : " tasks")
        + ", "
        + engine.debeziumInWords()
        + "; Debezium envelopes, JsonConverter with schema.content, no tombstones";
  }

  @Override
  public Set<Prefill.Form> reads() {
    return Set.of(Prefill.Form.DEBEZIUM);
  }

  @Override
  public Result run(Race race) throws IOException, SQLException {
    // One table: schemas are set once for a connector.
    return ConnectorRun.run(
        name(), "debezium", (workloads, url) -> settings(race, workloads.get(0), url), race);
  }

  private Map<String, String> settings(Race race, Workload workload, String url) {
    Map<String, String> settings = new HashMap<>(ConnectorRun.CONSUMER);
    settings.put("connector.class", "io.debezium.connector.jdbc.JdbcSinkConnector");
    settings.put("tasks.max", Integer.toString(tasks));
    settings.put("topics", Prefill.topic(Prefill.Form.DEBEZIUM, workload));
    String json = "org.apache.kafka.connect.json.JsonConverter";
    settings.put("key.converter", json);
    settings.put("key.converter.schemas.enable", "true");
    settings.put("key.converter.schema.content", DebeziumText.keySchema(workload));
    settings.put("value.converter", json);
    settings.put("value.converter.schemas.enable", "true");
    settings.put("value.converter.schema.content", DebeziumText.valueSchema(workload));
    settings.putAll(engine.debezium(url));
    settings.put("connection.username", race.stage().server().superuser());
    settings.put("connection.password", "");
    settings.put("insert.mode", "upsert");
    settings.put("delete.enabled", "true");
    settings.put("primary.key.mode", "record_key");
    settings.put("schema.evolution", "none");
    settings.put("collection.name.format", workload.table());
    settings.put("batch.size", "10000");
    settings.put("use.reduction.buffer", "true");
    return settings;
  }
}
