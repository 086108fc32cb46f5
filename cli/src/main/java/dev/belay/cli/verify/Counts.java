package dev.belay.cli.verify;

/**
 * What came of comparing some rows.
 *
 * @param source rows of the source
 * @param target rows of the target
 * @param missing rows that the source alone has
 * @param extra rows that the target alone has
 * @param changed rows that both have and that differ
 */
record Counts(long source, long target, long missing, long extra, long changed) {
  static final Counts NONE = new Counts(0, 0, 0, 0, 0);

  Counts plus(Counts more) {
    return new Counts(
        source + more.source,
        target + more.target,
        missing + more.missing,
        extra + more.extra,
        changed + more.changed);
  }

  long differences() {
    return missing + extra + changed;
  }
}
