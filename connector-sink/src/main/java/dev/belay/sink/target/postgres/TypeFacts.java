package dev.belay.sink.target.postgres;

import dev.belay.sink.target.pgwire.Identifiers;

/**
 * A row of pg_type.
 *
 * @param kind pg_type.typtype: b base, c composite, d domain, e enum, p pseudo, r range, m
 *     multirange
 * @param base oid of the type under a domain, else 0
 * @param baseModifier length or precision that a domain gives its base type, -1 if none
 * @param element oid of a true array's element type, else 0
 * @param hasArray whether there is an array type of it
 */
record TypeFacts(
    long oid,
    String schema,
    String name,
    char kind,
    long base,
    int baseModifier,
    boolean notNull,
    boolean hasDefault,
    char delimiter,
    long element,
    boolean hasArray) {

  /**
   * Always qualified and quoted, so that neither the search path nor a keyword comes between; it
   * also keeps {@code bit} and {@code bpchar} from meaning {@code bit(1)} and {@code char(1)}.
   */
  String sqlName() {
    return Identifiers.quote(schema, name);
  }

  boolean isBuiltIn() {
    return schema.equals("pg_catalog");
  }

  boolean isDomain() {
    return kind == 'd';
  }

  boolean isArray() {
    return element != 0;
  }
}
