package dev.belay.testkit.standin.proxy;

import dev.belay.testkit.standin.encode.JsonNames;
import dev.belay.testkit.standin.sql.Sql;
import dev.belay.testkit.standin.sql.Token;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Turns {@code json_build_object}, {@code json_build_array} and {@code to_json} into SQL whose text
 * is byte for byte what CockroachDB's functions give, which is what a changefeed writes for the
 * same value while the session's time zone is UTC and its {@code IntervalStyle} is {@code
 * postgres}. PostgreSQL's own functions keep members in order and write other numbers.
 *
 * <p>The result is text where the statement casts it to STRING, else {@code json}, which keeps its
 * text. Its column is named otherwise than in CockroachDB: read it by position, or give it a name.
 */
public final class JsonFunctions {

  private static final Set<String> OBJECT = Set.of("json_build_object", "jsonb_build_object");
  private static final Set<String> ARRAY = Set.of("json_build_array", "jsonb_build_array");
  private static final Set<String> VALUE = Set.of("to_json", "to_jsonb");
  private static final Set<String> TEXT = Set.of("string", "text", "varchar");

  // One overload a type, so that PostgreSQL inlines the expression for it. The bodies of the plain
  // ones end in '%s', the argument as text.
  private static final String TYPED =
      """
      CREATE OR REPLACE FUNCTION belay_standin.as_json(%s) RETURNS text LANGUAGE sql STABLE AS $$
        SELECT %s
      $$;
      """;

  private static final Map<String, String> BODIES =
      Map.ofEntries(
          Map.entry("int2", "coalesce($1::text, 'null')"),
          Map.entry("int4", "coalesce($1::text, 'null')"),
          Map.entry("int8", "coalesce($1::text, 'null')"),
          Map.entry("bool", "CASE WHEN $1 THEN 'true' WHEN NOT $1 THEN 'false' ELSE 'null' END"),
          // PostgreSQL has short escapes for two more characters than CockroachDB.
          Map.entry(
              "text",
              "CASE WHEN $1 IS NULL THEN 'null'"
                  + " WHEN strpos($1, chr(8)) + strpos($1, chr(12)) = 0 THEN to_json($1)::text"
                  + " ELSE belay_standin.quoted($1) END"),
          Map.entry("bytea", "coalesce('\"\\\\x' || encode($1, 'hex') || '\"', 'null')"),
          Map.entry("uuid", "coalesce('\"' || $1 || '\"', 'null')"),
          // Digits that end in a zero or have an exponent are written in another way.
          Map.entry("float4", floating("$1")),
          Map.entry("float8", floating("$1")),
          Map.entry(
              "numeric",
              "CASE WHEN $1 IS NULL THEN 'null'"
                  + " WHEN $1 - $1 = 0 AND (abs($1) >= 0.000001 OR $1 = 0) THEN $1::text"
                  + " ELSE belay_standin.json_number($1::text, false) END"),
          Map.entry(
              "timestamp",
              "CASE WHEN $1 IS NULL THEN 'null'"
                  + " WHEN isfinite($1) AND $1 >= timestamp '0001-01-01' THEN to_json($1)::text"
                  + " ELSE belay_standin.json_time($1::text, '') END"),
          Map.entry(
              "timestamptz",
              "CASE WHEN $1 IS NULL THEN 'null'"
                  + " WHEN NOT isfinite($1) OR $1 < timestamptz '0001-01-02 00:00:00+00'"
                  + " THEN belay_standin.json_time(($1 AT TIME ZONE 'UTC')::text, 'Z')"
                  + " WHEN right(to_json($1)::text, 7) = '+00:00\"'"
                  + " THEN left(to_json($1)::text, -7) || 'Z\"'"
                  + " ELSE to_json($1)::text END"),
          Map.entry("json", "belay_standin.json_again($1)"),
          Map.entry("jsonb", "belay_standin.json_again($1::json)"));

  // Named, or PostgreSQL would turn them into a type above before they are written.
  private static final List<String> BY_TEXT =
      List.of(
          "bpchar",
          "\"char\"",
          "name",
          "date",
          "time",
          "timetz",
          "interval",
          "inet",
          "cidr",
          "oid",
          "regclass",
          "regtype",
          "regproc",
          "regnamespace",
          "regrole");

  private static final String FUNCTIONS =
      """
      CREATE OR REPLACE FUNCTION belay_standin.quoted(value text) RETURNS text
      LANGUAGE sql IMMUTABLE AS $$
        -- by way of two code points that are no characters
        SELECT replace(replace(to_json(replace(replace(value, chr(8), chr(64976)),
                                               chr(12), chr(64977)))::text,
                               chr(64976), '\\u0008'), chr(64977), '\\u000c')
      $$;

      -- A number in the General Decimal Arithmetic text form. A float's zeros before the point go
      -- into the exponent.
      CREATE OR REPLACE FUNCTION belay_standin.json_number(number text, is_float boolean)
      RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
      DECLARE
        parts text[] := regexp_match(number, '^(-?)(\\d+)(?:\\.(\\d*))?(?:[eE]([-+]?\\d+))?$');
        digits text;
        scale int;
        adjusted int;
      BEGIN
        IF parts IS NULL THEN
          RETURN '"' || number || '"'; -- NaN, Infinity
        END IF;
        digits := parts[2] || coalesce(parts[3], '');
        scale := length(coalesce(parts[3], '')) - coalesce(parts[4], '0')::int;
        digits := ltrim(digits, '0');
        IF digits = '' THEN
          RETURN CASE WHEN is_float THEN parts[1] || '0'
                      WHEN scale > 0 THEN '0.' || repeat('0', scale)
                      WHEN scale < 0 THEN '0E+' || -scale
                      ELSE '0' END;
        END IF;
        IF is_float THEN
          scale := scale - (length(digits) - length(rtrim(digits, '0')));
          digits := rtrim(digits, '0');
        END IF;
        adjusted := length(digits) - 1 - scale;
        IF scale >= 0 AND adjusted >= -6 THEN
          IF scale >= length(digits) THEN
            digits := repeat('0', scale + 1 - length(digits)) || digits;
          END IF;
          RETURN parts[1] || left(digits, length(digits) - scale)
                 || CASE WHEN scale > 0 THEN '.' || right(digits, scale) ELSE '' END;
        END IF;
        RETURN parts[1] || left(digits, 1)
               || CASE WHEN length(digits) > 1 THEN '.' || substr(digits, 2) ELSE '' END
               || 'E' || CASE WHEN adjusted > 0 THEN '+' ELSE '' END || adjusted;
      END $$;

      -- Times before the common era, and the ends of CockroachDB's range for infinite ones.
      CREATE OR REPLACE FUNCTION belay_standin.json_time(value text, zone text)
      RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
      DECLARE
        parts text[];
        year int;
      BEGIN
        IF value = 'infinity' THEN
          RETURN '"294277-01-01T23:59:59.999999' || zone || '"';
        ELSIF value = '-infinity' THEN
          RETURN '"-4714-11-23T00:00:00' || zone || '"';
        END IF;
        parts := regexp_match(value, '^(\\d+)(-\\d\\d-\\d\\d) ([\\d:.]+)( BC)?$');
        year := parts[1]::int;
        RETURN '"' || CASE WHEN parts[4] IS NULL THEN parts[1]
                           WHEN year = 1 THEN '0000'
                           ELSE '-' || lpad((year - 1)::text, 4, '0') END
               || parts[2] || 'T' || parts[3] || zone || '"';
      END $$;

      CREATE OR REPLACE FUNCTION belay_standin.json_again(value json) RETURNS text
      LANGUAGE plpgsql STABLE AS $$
      BEGIN
        CASE json_typeof(value)
          WHEN 'object' THEN
            RETURN (SELECT '{' || coalesce(string_agg(
                             belay_standin.as_json(last.key) || ': '
                               || belay_standin.json_again(last.value),
                             ', ' ORDER BY last.key COLLATE "C"), '') || '}'
                      FROM (SELECT DISTINCT ON (each.key) each.key, each.value
                              FROM json_each(value) WITH ORDINALITY each(key, value, at)
                             ORDER BY each.key, each.at DESC) last);
          WHEN 'array' THEN
            RETURN (SELECT '[' || coalesce(string_agg(belay_standin.json_again(item.value), ', '
                                                      ORDER BY item.at), '') || ']'
                      FROM json_array_elements(value) WITH ORDINALITY item(value, at));
          WHEN 'string' THEN RETURN belay_standin.as_json(value #>> '{}');
          WHEN 'number' THEN RETURN belay_standin.json_number(value #>> '{}', false);
          WHEN 'boolean' THEN RETURN value #>> '{}';
          ELSE RETURN 'null';
        END CASE;
      END $$;

      CREATE OR REPLACE FUNCTION belay_standin.as_json(value anyelement) RETURNS text
      LANGUAGE plpgsql STABLE AS $$
      DECLARE
        kind record;
        field record;
        rendered text;
        members text := '';
      BEGIN
        IF value IS NOT DISTINCT FROM NULL THEN
          RETURN 'null';
        END IF;
        SELECT typcategory, typtype, typrelid INTO kind FROM pg_type WHERE oid = pg_typeof(value);
        IF kind.typcategory = 'A' THEN
          -- not unnest, which takes a composite apart
          RETURN (SELECT '[' || coalesce(string_agg(belay_standin.as_json(value[at]), ', '
                                                    ORDER BY at), '') || ']'
                    FROM generate_subscripts(value, 1) at);
        ELSIF kind.typtype = 'c' THEN
          FOR field IN SELECT attname FROM pg_attribute
                        WHERE attrelid = kind.typrelid AND attnum > 0 AND NOT attisdropped
                        ORDER BY attname::text COLLATE "C" LOOP
            EXECUTE format('SELECT belay_standin.as_json(($1).%I)', field.attname)
              INTO rendered USING value;
            members := members || CASE WHEN members = '' THEN '' ELSE ', ' END
                       || belay_standin.as_json(field.attname::text) || ': ' || rendered;
          END LOOP;
          RETURN '{' || members || '}';
        ELSIF kind.typcategory = 'P' THEN
          RETURN belay_standin.json_again(row_to_json(value)); -- an unnamed row
        END IF;
        RETURN belay_standin.as_json(value::text);
      END $$;

      CREATE OR REPLACE FUNCTION belay_standin.json_object(keys text[], members text[])
      RETURNS text LANGUAGE plpgsql STABLE AS $$
      BEGIN
        IF array_position(keys, NULL) IS NOT NULL THEN
          RAISE EXCEPTION USING ERRCODE = '22023',
            MESSAGE = format('argument %s cannot be null', array_position(keys, NULL) * 2 - 1);
        END IF;
        RETURN (SELECT '{' || coalesce(string_agg(
                         belay_standin.as_json(last.key) || ': ' || last.value,
                         ', ' ORDER BY last.key COLLATE "C"), '') || '}'
                  FROM (SELECT DISTINCT ON (each.key) each.key, each.value
                          FROM unnest(keys, members) WITH ORDINALITY each(key, value, at)
                         ORDER BY each.key, each.at DESC) last);
      END $$;
      """;

  private JsonFunctions() {}

  private static String floating(String value) {
    return ("CASE WHEN # IS NULL THEN 'null'"
            + " WHEN right(#::text, 1) <> '0' AND strpos(#::text, 'e') = 0 AND # - # = 0"
            + " THEN #::text ELSE belay_standin.json_number(#::text, true) END")
        .replace("#", value);
  }

  /** Makes the functions in a database that capture has prepared. */
  public static void install(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET check_function_bodies = off"); // they name each other
      statement.execute(FUNCTIONS);
      for (Map.Entry<String, String> body : BODIES.entrySet()) {
        statement.execute(String.format(TYPED, body.getKey(), body.getValue()));
      }
      for (String type : BY_TEXT) {
        statement.execute(String.format(TYPED, type, "belay_standin.as_json($1::text)"));
      }
      statement.execute("RESET check_function_bodies");
    }
  }

  /** The statement with CockroachDB's functions in place of PostgreSQL's. */
  static String translate(Sql sql) {
    return sql.tokens().stream().anyMatch(JsonFunctions::isFunction)
        ? new Rewriter(sql).all()
        : sql.text();
  }

  private static boolean isFunction(Token token) {
    return token.kind() == Token.Kind.WORD
        && (OBJECT.contains(token.value())
            || ARRAY.contains(token.value())
            || VALUE.contains(token.value()));
  }

  /** Parts of a statement, by the indexes of their first token and of the one after their last. */
  private record Rewriter(Sql sql) {

    private record Part(int first, int end) {}

    String all() {
      int end = sql.tokens().size();
      return sql.text().substring(0, sql.tokens().get(0).start())
          + text(new Part(0, end))
          + sql.text().substring(sql.tokens().get(end - 1).end());
    }

    private boolean isCall(int at) {
      return isFunction(sql.tokens().get(at))
          && sql.hasAt(at + 1, "(")
          && !(at > 0 && sql.hasAt(at - 1, "."));
    }

    /** The text of a part, its calls rewritten. */
    private String text(Part part) {
      StringBuilder out = new StringBuilder();
      int at = part.first();
      while (at < part.end()) {
        int next = at + 1;
        if (isCall(at)) {
          next = closing(at + 1) + 1;
          String call = "(" + call(at) + ")";
          boolean asText = sql.hasAt(next, "::") && isText(next + 1);
          out.append(call).append(asText ? "" : "::json");
          next += asText ? 2 : 0;
        } else {
          out.append(sql.tokens().get(at).text());
        }
        if (next < part.end()) {
          out.append(sql.text(), sql.tokens().get(next - 1).end(), sql.tokens().get(next).start());
        }
        at = next;
      }
      return out.toString();
    }

    private boolean isText(int at) {
      return at < sql.tokens().size()
          && TEXT.contains(sql.tokens().get(at).value())
          && !sql.hasAt(at + 1, "[")
          && !sql.hasAt(at + 1, "(");
    }

    /** An SQL expression whose value is the JSON text. */
    private String call(int at) {
      List<Part> arguments = arguments(at + 1);
      String function = sql.tokens().get(at).value();
      if (ARRAY.contains(function)) {
        List<String> items = arguments.stream().map(this::value).toList();
        return items.isEmpty()
            ? "'[]'"
            : "'[' || " + String.join(" || ', ' || ", items) + " || ']'";
      } else if (VALUE.contains(function) && arguments.size() == 1) {
        return value(arguments.get(0));
      } else if (OBJECT.contains(function) && arguments.size() % 2 == 0) {
        return object(arguments);
      }
      // PostgreSQL says what is wrong.
      return "pg_catalog." + sql.text().substring(start(at), end(closing(at + 1)));
    }

    private String object(List<Part> arguments) {
      List<Part> keys = new ArrayList<>();
      List<String> values = new ArrayList<>();
      for (int i = 0; i < arguments.size(); i += 2) {
        keys.add(arguments.get(i));
        values.add(value(arguments.get(i + 1)));
      }
      List<String> names = keys.stream().map(this::constant).flatMap(Optional::stream).toList();
      if (names.size() < keys.size()) {
        List<String> texts = keys.stream().map(key -> "(" + text(key) + ")::text").toList();
        return "belay_standin.json_object(ARRAY["
            + String.join(", ", texts)
            + "], ARRAY["
            + String.join(", ", values)
            + "])";
      }
      Map<String, String> members = JsonNames.ordered();
      for (int i = 0; i < names.size(); i++) {
        members.put(names.get(i), values.get(i));
      }
      StringBuilder out = new StringBuilder();
      members.forEach(
          (name, value) -> {
            String before = (out.isEmpty() ? "{" : ", ") + JsonNames.quoted(name) + ": ";
            out.append(out.isEmpty() ? "" : " || ").append(literal(before)).append(" || ");
            out.append(value);
          });
      return out.isEmpty() ? "'{}'" : out + " || '}'";
    }

    private static String literal(String text) {
      return "'" + text.replace("'", "''") + "'";
    }

    private Optional<String> constant(Part part) {
      Token token = sql.tokens().get(part.first());
      boolean isPlain = token.kind() == Token.Kind.STRING && token.text().startsWith("'");
      return isPlain && part.end() == part.first() + 1
          ? Optional.of(token.value())
          : Optional.empty();
    }

    private String value(Part part) {
      return isCall(part.first()) && closing(part.first() + 1) + 1 == part.end()
          ? call(part.first())
          : "belay_standin.as_json(" + text(part) + ")";
    }

    private List<Part> arguments(int open) {
      List<Part> parts = new ArrayList<>();
      int close = closing(open);
      int depth = 0;
      int first = open + 1;
      for (int i = open + 1; i < close; i++) {
        depth += depth(i);
        if (depth == 0 && sql.hasAt(i, ",")) {
          parts.add(new Part(first, i));
          first = i + 1;
        }
      }
      if (first < close) {
        parts.add(new Part(first, close));
      }
      return parts;
    }

    private int closing(int open) {
      int depth = 0;
      for (int i = open; i < sql.tokens().size(); i++) {
        depth += depth(i);
        if (depth == 0) {
          return i;
        }
      }
      return sql.tokens().size() - 1;
    }

    private int depth(int at) {
      return sql.hasAt(at, "(") || sql.hasAt(at, "[")
          ? 1
          : sql.hasAt(at, ")") || sql.hasAt(at, "]") ? -1 : 0;
    }

    private int start(int at) {
      return sql.tokens().get(at).start();
    }

    private int end(int at) {
      return sql.tokens().get(at).end();
    }
  }
}
