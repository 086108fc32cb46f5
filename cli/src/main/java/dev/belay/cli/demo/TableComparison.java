package dev.belay.cli.demo;

import java.util.List;

/**
 * How a table compares on both sides.
 *
 * @param sourceRows rows in the new database
 * @param targetRows rows in the database migrated from
 * @param differences keys whose rows differ or are missing on one side
 * @param examples the first few of them, in words
 */
record TableComparison(
    String table, long sourceRows, long targetRows, long differences, List<String> examples) {

  TableComparison {
    examples = List.copyOf(examples);
  }

  boolean isEqual() {
    return differences == 0 && sourceRows == targetRows;
  }
}
