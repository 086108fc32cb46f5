package dev.belay.cli.demo;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/**
 * The first rows of the shop, as they are on both sides right after a migration: drawn from a seed,
 * so that two databases which are filled from one seed are equal. Each clerk has employees, orders
 * and payments of their own; accounts are everybody's.
 */
final class Shop {

  /** Parents before children. */
  static final List<String> TABLES = List.of("employees", "accounts", "orders", "payments");

  private static final long FIRST_BALANCE_CENTS = 1_000_00;
  private static final Instant OPENING = Instant.parse("2026-01-05T08:00:00Z");

  private final int rows;
  private final long seed;
  private final int clerks;

  Shop(int rows, long seed, int clerks) {
    this.rows = rows;
    this.seed = seed;
    this.clerks = clerks;
  }

  /** What the balances of all accounts add up to, before the workload, during it and after it. */
  BigDecimal sumOfBalances() {
    return cents(FIRST_BALANCE_CENTS * rows);
  }

  /** How many accounts there are, always. */
  int accounts() {
    return rows;
  }

  /** Fills the tables, which must be empty. */
  void fill(Connection connection) throws SQLException {
    List<Transaction.Step> steps = new ArrayList<>();
    for (int id = 1; id <= rows; id++) {
      steps.add(
          Transaction.Step.one(
              "INSERT INTO accounts (id, owner, balance, changes) VALUES (?, ?, ?, 0)",
              (long) id,
              "owner " + id,
              cents(FIRST_BALANCE_CENTS)));
    }
    for (int clerk = 0; clerk < clerks; clerk++) {
      steps.addAll(firstSteps(clerk).steps());
    }
    Transaction.fillIn(connection, steps);
  }

  /** The steps by which a clerk's first rows come to be, and the books that then hold. */
  FirstRows firstSteps(int clerk) {
    Random random = new Random(seed * 31 + clerk);
    Books books = new Books(clerk, clerks);
    List<Transaction.Step> steps = new ArrayList<>();
    for (int i = clerk; i < rows; i += clerks) {
      steps.addAll(books.hire(random));
    }
    for (int i = clerk; i < rows; i += clerks) {
      steps.addAll(books.placeOrder(random));
    }
    List<Transaction.Step> payments = new ArrayList<>();
    for (int i = clerk; i < rows; i += clerks) {
      payments.addAll(books.pay(random, 1 + random.nextInt(rows)));
    }
    // Those of one text side by side, which fillIn sends together; a payment finds its order
    // anyway.
    payments.sort(Comparator.comparing(Transaction.Step::sql));
    steps.addAll(payments);
    return new FirstRows(steps, books);
  }

  /**
   * What a clerk begins with.
   *
   * @param books what the clerk knows of the rows that the steps make
   */
  record FirstRows(List<Transaction.Step> steps, Books books) {}

  static BigDecimal cents(long cents) {
    return BigDecimal.valueOf(cents, 2);
  }

  static OffsetDateTime time(Random random) {
    // Microseconds: what both databases keep.
    return OPENING
        .plus(random.nextInt(Integer.MAX_VALUE) * 10_007L, ChronoUnit.MICROS)
        .atOffset(ZoneOffset.UTC);
  }

  static LocalDate day(Random random) {
    return LocalDate.of(1990, 1, 1).plusDays(random.nextInt(13_000));
  }

  static UUID uuid(Random random) {
    return new UUID(random.nextLong(), random.nextLong());
  }

  /** Letters of several alphabets, quotes and backslashes: what a JSON writer trips over. */
  static String text(Random random) {
    String[] words = {
      "ladder",
      "rope",
      "кошка",
      "東京",
      "naïve",
      "\"quoted\"",
      "back\\slash",
      "tab\there",
      "🧗",
      "100 %"
    };
    StringBuilder text = new StringBuilder();
    for (int i = 0; i <= random.nextInt(4); i++) {
      text.append(text.length() == 0 ? "" : " ").append(words[random.nextInt(words.length)]);
    }
    return text.toString();
  }

  /** As many digits before and after the point as no binary number holds. */
  static BigDecimal longNumber(Random random) {
    return new BigDecimal(new BigInteger(90, random), random.nextInt(12));
  }

  static byte[] photo(Random random) {
    byte[] bytes = new byte[random.nextInt(48)];
    random.nextBytes(bytes);
    return bytes;
  }

  static String profile(Random random) {
    return "{\"level\": "
        + random.nextInt(9)
        + ", \"points\": "
        + longNumber(random).toPlainString()
        + ", \"tags\": [\"a\", null, true], \"inner\": {\"z\": 1.10, \"a\": []}}";
  }
}
