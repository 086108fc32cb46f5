package dev.belay.bench;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.UUID;

/**
 * One row of the table that is raced on, each value in the narrowest Java form that is exact.
 *
 * @param price times 10,000, the scale of the column
 * @param at microseconds since 1970, UTC
 * @param doc as PostgreSQL prints its jsonb and CockroachDB too, so that text and value are one
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

  /**
   * ISO, with a Z and no zeros at the end; PostgreSQL, CockroachDB and Debezium all take and give
   * it.
   */
  String atText() {
    LocalDateTime time =
        LocalDateTime.ofEpochSecond(
            Math.floorDiv(at, 1_000_000L),
            (int) Math.floorMod(at, 1_000_000L) * 1000,
            ZoneOffset.UTC);
    return DateTimeFormatter.ISO_LOCAL_DATE_TIME.format(time) + "Z";
  }

  String dayText() {
    return LocalDate.ofEpochDay(day).toString();
  }
}
