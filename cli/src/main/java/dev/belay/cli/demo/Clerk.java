package dev.belay.cli.demo;

import dev.belay.cli.demo.Transaction.Step;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Draws one transaction after the other. One thread. */
final class Clerk {

  private static final int FEW = 5;

  private final Books books;
  private final int accounts;
  private final Workload.Desk desk;
  private final Random random;

  Clerk(Shop shop, int number, long seed, Workload.Desk desk) {
    this.books = shop.firstSteps(number).books();
    this.accounts = shop.accounts() / desk.of();
    this.desk = desk;
    this.random = new Random(~seed * 31 + number);
  }

  Transaction next() {
    if (books.employees() < FEW) {
      return new Transaction(books.hire(random));
    } else if (books.orders() < FEW) {
      return new Transaction(books.placeOrder(random));
    }
    int dice = random.nextInt(100);
    if (dice < 22) {
      return new Transaction(transfer(someAccount()));
    } else if (dice < 38) {
      return new Transaction(books.placeOrder(random));
    } else if (dice < 56) {
      return payment();
    } else if (dice < 67) {
      return new Transaction(books.amend(random));
    } else if (dice < 76) {
      return new Transaction(books.cancelOrder(random));
    } else if (dice < 84) {
      return new Transaction(books.hire(random));
    } else if (dice < 91) {
      return new Transaction(books.dismiss(random));
    } else if (dice < 95) {
      return new Transaction(books.swapBadges(random));
    } else if (dice < 98) {
      return new Transaction(books.raise(random));
    }
    return new Transaction(books.rehire(random));
  }

  /** Four tables' worth: the payment, its order, and the two accounts between which money moves. */
  private Transaction payment() {
    int account = someAccount();
    List<Step> steps = new ArrayList<>(books.pay(random, id(account)));
    steps.addAll(transfer(account));
    return new Transaction(steps);
  }

  private List<Step> transfer(int from) {
    int to = 1 + (from + random.nextInt(accounts - 1)) % accounts;
    BigDecimal amount = Shop.cents(1 + random.nextInt(50_000));
    // By number: two clerks who lock the same accounts do not wait for each other in a circle.
    return from < to
        ? List.of(change(from, amount.negate()), change(to, amount))
        : List.of(change(to, amount), change(from, amount.negate()));
  }

  private Step change(int account, BigDecimal by) {
    return Step.one(
        "UPDATE accounts SET balance = balance + ?, changes = changes + 1 WHERE id = ?",
        by,
        id(account));
  }

  /** The desk's accounts are numbered from 1. */
  private int someAccount() {
    return 1 + random.nextInt(accounts);
  }

  private long id(int account) {
    return 1 + desk.number() + (long) desk.of() * (account - 1);
  }
}
