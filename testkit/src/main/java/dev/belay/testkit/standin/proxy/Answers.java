package dev.belay.testkit.standin.proxy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.testkit.standin.encode.Cluster;
import dev.belay.testkit.standin.sql.Refusal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.UUID;

/**
 * Hands values to SQL that PostgreSQL runs: a file each, which functions of the schema {@code
 * belay_standin} read. A table would not do, since a transaction may be bound to a snapshot from
 * before the answer. Any thread.
 */
public final class Answers {

  private static final JsonMapper JSON = new JsonMapper();

  private static final String FUNCTIONS =
      """
      CREATE OR REPLACE FUNCTION belay_standin.answer(token text) RETURNS text
      LANGUAGE plpgsql VOLATILE SECURITY DEFINER AS $$
      DECLARE
        answer json;
        notice text;
      BEGIN
        IF token !~ '^[0-9a-f-]+$' THEN
          RAISE EXCEPTION 'not a token';
        END IF;
        answer := pg_read_file(%1$s || token)::json;
        IF answer->>'state' IS NOT NULL THEN
          RAISE EXCEPTION USING ERRCODE = answer->>'state', MESSAGE = answer->>'message';
        END IF;
        FOR notice IN SELECT json_array_elements_text(answer->'notices') LOOP
          RAISE NOTICE '%%', notice;
        END LOOP;
        RETURN answer->>'value';
      END $$;

      CREATE OR REPLACE PROCEDURE belay_standin.settle(token text) LANGUAGE plpgsql AS $$
      BEGIN
        PERFORM belay_standin.answer(token);
      END $$;

      -- Fails as soon as it is planned: the planner works out what it may.
      CREATE OR REPLACE FUNCTION belay_standin.fail(code text, message text) RETURNS boolean
      LANGUAGE plpgsql IMMUTABLE AS $$
      BEGIN
        RAISE EXCEPTION USING ERRCODE = code, MESSAGE = message;
      END $$;

      -- Says where the rows of a feed belong, if the answer is no error. INFO is always told.
      CREATE OR REPLACE FUNCTION belay_standin.rows_of(token text) RETURNS boolean
      LANGUAGE plpgsql VOLATILE AS $$
      BEGIN
        PERFORM belay_standin.answer(token);
        RAISE INFO 'belay_standin rows of %%', token;
        RETURN true;
      END $$;

      DROP TYPE IF EXISTS belay_standin.changefeed_job CASCADE;
      CREATE TYPE belay_standin.changefeed_job AS (
        job_id int8, description text, user_name text, status text, running_status text,
        created timestamptz, started timestamptz, finished timestamptz, modified timestamptz,
        high_water_timestamp numeric, readable_high_water_timestamptz timestamptz, error text,
        sink_uri text, full_table_names text[], topics text, format text, database_name text);

      CREATE FUNCTION belay_standin.changefeed_jobs(token text)
      RETURNS SETOF belay_standin.changefeed_job LANGUAGE sql VOLATILE AS $$
        SELECT * FROM json_populate_recordset(
          NULL::belay_standin.changefeed_job, belay_standin.answer(token)::json)
      $$;

      CREATE SCHEMA IF NOT EXISTS crdb_internal;
      GRANT USAGE ON SCHEMA crdb_internal TO PUBLIC;
      CREATE OR REPLACE FUNCTION crdb_internal.node_executable_version() RETURNS text
      LANGUAGE sql AS $$ SELECT '%2$s'::text $$;
      CREATE OR REPLACE FUNCTION crdb_internal.cluster_id() RETURNS uuid
      LANGUAGE sql AS $$ SELECT '%3$s'::uuid $$;
      """;

  /** What the author of a statement gets, and notices on the way. */
  record Answer(String value, List<String> notices) {
    static final Answer NOTHING = new Answer("", List.of());

    static Answer of(String value) {
      return new Answer(value, List.of());
    }
  }

  /** Finds an answer; may do what was asked for. */
  @FunctionalInterface
  interface Source {
    /**
     * @throws Refusal to give an error instead
     */
    Answer find() throws SQLException;
  }

  private final Path dir;

  /**
   * @param dir empty; the database server must be able to read it
   */
  public Answers(Path dir) {
    this.dir = dir;
  }

  /** Makes the functions in a database that capture has prepared. */
  public void install(Connection connection, Cluster cluster) throws SQLException {
    String prefix = "'" + (dir + "/").replace("'", "''") + "'";
    try (Statement statement = connection.createStatement()) {
      statement.execute(String.format(FUNCTIONS, prefix, cluster.release(), cluster.id()));
    }
  }

  /** A name for an answer to come. */
  static String newToken() {
    return UUID.randomUUID().toString();
  }

  /** Asks the source and keeps what it says, until the token is given again or forgotten. */
  void ask(String token, Source source) {
    ObjectNode answer = JSON.createObjectNode();
    try {
      Answer found = source.find();
      answer.put("value", found.value());
      found.notices().forEach(answer.putArray("notices")::add);
    } catch (Refusal e) {
      answer.put("state", e.state()).put("message", e.getMessage());
    } catch (SQLException | RuntimeException e) {
      answer.put("state", "XX000").put("message", "internal error: " + e.getMessage());
    }
    write(token, answer);
  }

  private void write(String token, ObjectNode answer) {
    try {
      Path next = Files.writeString(dir.resolve(token + ".next"), answer.toString());
      Files.move(next, dir.resolve(token), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void forget(String token) {
    try {
      Files.deleteIfExists(dir.resolve(token));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
