package dev.belay.bench;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.UUID;

/**
 * One row of the table that is raced on, each value in the narrowest Java form that is exact.
 *
 * @param price times 10,000, the scale of the column
 * @param at microseconds since 1970, UTC
 * @param doc as PostgreSQL prints its jsonb, so that text and value are one
 * @param day days since 1970
 * @param note empty for NULL
 */
record Row(
    long id,
    long qty,
    String name,
    long price,
    long at,
    boolean active,
    UUID ref,
    double score,
    String doc,
    int day,
    String note) {

  static final int PRICE_SCALE = 4;

  String priceText() {
    return BigDecimal.valueOf(price, PRICE_SCALE).toPlainString();
  }

  /** ISO, with a Z; PostgreSQL, CockroachDB and Debezium all take and give it. */
  String atText() {
    return Instant.EPOCH.plus(at, ChronoUnit.MICROS).toString();
  }

  String dayText() {
    return LocalDate.ofEpochDay(day).toString();
  }
}
