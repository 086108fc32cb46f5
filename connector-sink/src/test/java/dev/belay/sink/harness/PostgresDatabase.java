package dev.belay.sink.harness;

import dev.belay.sink.target.Target;
import dev.belay.sink.target.postgres.PostgresTarget;
import dev.belay.testkit.DatabaseServer;
import dev.belay.testkit.postgres.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/** A database of PostgreSQL; tables are in schema public. */
class PostgresDatabase extends TargetDatabase {

  PostgresDatabase(PostgresServer server, String name) {
    super(server, name);
  }

  @Override
  void make() throws SQLException {
    create();
    sql(
        roleUnlessThere(ROLE),
        roleUnlessThere(SOMEBODY),
        "GRANT CREATE ON DATABASE " + name() + " TO " + ROLE,
        "ALTER DEFAULT PRIVILEGES GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO " + ROLE);
  }

  private static String roleUnlessThere(String role) {
    return "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '"
        + role
        + "') THEN CREATE ROLE "
        + role
        + " LOGIN; END IF; END $$";
  }

  /** Makes the database, with nothing in it. */
  void create() throws SQLException {
    server().createDatabase(name());
  }

  @Override
  public TargetDatabase copiedTo(DatabaseServer other) {
    return new PostgresDatabase((PostgresServer) other, name());
  }

  @Override
  public TargetKind kind() {
    return TargetKind.POSTGRESQL;
  }

  @Override
  public boolean checksRowByRow() {
    return false;
  }

  @Override
  public Target target() {
    return new PostgresTarget();
  }

  @Override
  public String schema() {
    return "public";
  }

  @Override
  public String checkViolation() {
    return "23514";
  }

  @Override
  public String uniqueName(String table, String column) {
    return table + "_" + column + "_key";
  }

  @Override
  public List<String> wordsOfATakenValue(String table, String column) {
    return List.of("23505", uniqueName(table, column));
  }

  @Override
  public List<String> wordsOfABlockedClaim(String application) {
    return List.of("pid ", application, "55P03");
  }

  @Override
  public Connection connectAsRole(String application) throws SQLException {
    return DriverManager.getConnection(url() + "?ApplicationName=" + application, ROLE, "");
  }

  @Override
  public List<String> writersOf(String table) {
    return rows("SELECT DISTINCT xmin::text FROM " + table);
  }

  @Override
  public String driverTime(int seconds) {
    return Integer.toString(seconds);
  }

  /** The test's servers know no TLS. */
  @Override
  public Map<String, String> plainWire() {
    return Map.of();
  }

  private String sinkSessions() {
    return "pg_stat_activity WHERE datname = '" + name() + "' AND usename = '" + ROLE + "'";
  }

  @Override
  public List<String> sessions() {
    return rows("SELECT pid FROM " + sinkSessions());
  }

  @Override
  public void endSessions() {
    sql("SELECT pg_terminate_backend(pid) FROM " + sinkSessions());
  }

  @Override
  public String readOnlyCode() {
    return "25006";
  }

  @Override
  public String outOfConnectionsCode() {
    return "53300";
  }

  @Override
  public Connection connectAsSomebody() throws SQLException {
    return DriverManager.getConnection(url(), SOMEBODY, "");
  }

  @Override
  public void setReadOnly(boolean readOnly) {
    sql(
        "ALTER ROLE "
            + ROLE
            + (readOnly
                ? " SET default_transaction_read_only = on"
                : " RESET default_transaction_read_only"));
    // a session keeps what it began with
    endSessions();
  }

  @Override
  public Exhaustion exhaustConnections() {
    sql("ALTER ROLE " + ROLE + " CONNECTION LIMIT 0");
    endSessions();
    return () -> sql("ALTER ROLE " + ROLE + " CONNECTION LIMIT -1");
  }

  @Override
  public void audit(String table, String key, String version) {
    sql(
        "CREATE TABLE IF NOT EXISTS audit"
            + " (n bigint GENERATED ALWAYS AS IDENTITY, tab text, op text, k text, v bigint)",
        "CREATE FUNCTION audit_"
            + table
            + "() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN"
            + " IF TG_OP = 'DELETE' THEN INSERT INTO public.audit (tab, op, k, v) VALUES (TG_TABLE_NAME, 'gone', OLD."
            + key
            + "::text, OLD."
            + version
            + "); ELSE INSERT INTO public.audit (tab, op, k, v) VALUES (TG_TABLE_NAME, 'is', NEW."
            + key
            + "::text, NEW."
            + version
            + "); END IF; RETURN NULL; END $$",
        "CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON "
            + table
            + " FOR EACH ROW EXECUTE FUNCTION audit_"
            + table
            + "()");
  }

  @Override
  public void restore(List<String> tables, List<String> from) {
    StringBuilder all = new StringBuilder("SET session_replication_role = replica;");
    for (int t = 0; t < tables.size(); t++) {
      all.append("DELETE FROM ").append(tables.get(t));
      all.append(";INSERT INTO ").append(tables.get(t));
      all.append(" SELECT * FROM ").append(from.get(t)).append(';');
    }
    sql(all.toString()); // one text is one transaction
  }
}
