package dev.belay.cli.demo;

import dev.belay.cli.demo.Transaction.Step;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/**
 * What a clerk knows of the employees, orders and payments of theirs. Nobody else changes those
 * rows, so that it needs no reading: each method draws some work, writes it down, and returns the
 * statements that do it.
 *
 * <p>What clerks do depends on the seed alone. Transfers between accounts, which all of them share,
 * add up to the same whatever their order, so that the rows after n transactions of each clerk
 * depend on the seed alone as well.
 */
final class Books {

  private static final class Employee {
    private final long id;
    private long badge;
    private final List<Order> orders = new ArrayList<>();

    private Employee(long id, long badge) {
      this.id = id;
      this.badge = badge;
    }
  }

  private static final class Order {
    private final UUID id;
    private Employee employee;
    private int payments;

    private Order(UUID id, Employee employee) {
      this.id = id;
      this.employee = employee;
    }
  }

  private final int clerk;
  private final int clerks;
  private final List<Employee> employees = new ArrayList<>();
  private final List<Order> orders = new ArrayList<>();
  private long lastEmployee;
  private long lastPayment;

  Books(int clerk, int clerks) {
    this.clerk = clerk;
    this.clerks = clerks;
  }

  int employees() {
    return employees.size();
  }

  int orders() {
    return orders.size();
  }

  List<Step> hire(Random random) {
    long id = clerk + 1 + clerks * lastEmployee++;
    Employee employee = new Employee(id, 100_000 + id);
    Long manager = employees.isEmpty() ? null : any(employees, random).id;
    employees.add(employee);
    return List.of(insert(employee, manager, random));
  }

  private static Step insert(Employee employee, Long manager, Random random) {
    return Step.one(
        "INSERT INTO employees (id, name, email, badge, manager_id, salary, hired, active, profile,"
            + " photo) VALUES (?, ?, ?, ?, ?, ?, ?, ?, CAST(? AS JSONB), ?)",
        employee.id,
        Shop.text(random),
        "e" + employee.id + "@shop.example",
        employee.badge,
        manager,
        Shop.cents(random.nextInt(1_000_000_000)),
        Shop.day(random),
        random.nextBoolean(),
        random.nextInt(4) == 0 ? null : Shop.profile(random),
        random.nextInt(4) == 0 ? null : Shop.photo(random));
  }

  List<Step> placeOrder(Random random) {
    Employee employee = any(employees, random);
    Order order = new Order(Shop.uuid(random), employee);
    employee.orders.add(order);
    orders.add(order);
    return List.of(
        Step.one(
            "INSERT INTO orders (id, employee_id, status, total, paid, placed, note)"
                + " VALUES (?, ?, 'new', ?, 0, ?, ?)",
            order.id,
            employee.id,
            Shop.cents(random.nextInt(Integer.MAX_VALUE)),
            Shop.time(random),
            random.nextInt(3) == 0 ? null : Shop.text(random)));
  }

  /** A payment, and its order which knows the sum of its payments. */
  List<Step> pay(Random random, long account) {
    Order order = any(orders, random);
    order.payments++;
    BigDecimal amount = Shop.cents(1 + random.nextInt(100_000));
    return List.of(
        Step.one(
            "INSERT INTO payments (id, order_id, account_id, amount, rate, at)"
                + " VALUES (?, ?, ?, ?, ?, ?)",
            clerk + 1 + clerks * lastPayment++,
            order.id,
            account,
            amount,
            Shop.longNumber(random),
            Shop.time(random)),
        Step.one(
            "UPDATE orders SET paid = paid + ?, status = 'paid' WHERE id = ?", amount, order.id));
  }

  List<Step> amend(Random random) {
    return List.of(
        Step.one(
            "UPDATE orders SET total = ?, note = ?, placed = ? WHERE id = ?",
            Shop.cents(random.nextInt(Integer.MAX_VALUE)),
            random.nextInt(3) == 0 ? null : Shop.text(random),
            Shop.time(random),
            any(orders, random).id));
  }

  List<Step> cancelOrder(Random random) {
    Order order = orders.remove(random.nextInt(orders.size()));
    order.employee.orders.remove(order);
    return List.of(
        Step.several("DELETE FROM payments WHERE order_id = ?", order.payments, order.id),
        Step.one("DELETE FROM orders WHERE id = ?", order.id));
  }

  List<Step> raise(Random random) {
    return List.of(
        Step.one(
            "UPDATE employees SET salary = salary + ?, active = ?, profile = CAST(? AS JSONB)"
                + " WHERE id = ?",
            Shop.cents(random.nextInt(10_000)),
            random.nextBoolean(),
            Shop.profile(random),
            any(employees, random).id));
  }

  /** All that an employee has goes to another one, then the employee goes. */
  List<Step> dismiss(Random random) {
    Employee leaving = employees.remove(random.nextInt(employees.size()));
    Employee successor = any(employees, random);
    for (Order order : leaving.orders) {
      order.employee = successor;
      successor.orders.add(order);
    }
    return List.of(
        Step.several(
            "UPDATE orders SET employee_id = ? WHERE employee_id = ?",
            leaving.orders.size(),
            successor.id,
            leaving.id),
        Step.any(
            "UPDATE employees SET manager_id = NULL WHERE id = ? AND manager_id = ?",
            successor.id,
            leaving.id),
        Step.any(
            "UPDATE employees SET manager_id = ? WHERE manager_id = ?", successor.id, leaving.id),
        Step.one("DELETE FROM employees WHERE id = ?", leaving.id));
  }

  /** Two employees swap their badges, which are unique, by way of NULL. */
  List<Step> swapBadges(Random random) {
    Employee one = employees.get(0);
    Employee other = employees.get(1 + random.nextInt(employees.size() - 1));
    long badge = one.badge;
    one.badge = other.badge;
    other.badge = badge;
    String set = "UPDATE employees SET badge = ? WHERE id = ?";
    return List.of(
        Step.one(set, null, one.id),
        Step.one(set, other.badge, other.id),
        Step.one(set, one.badge, one.id));
  }

  /** An employee goes and comes back under the same key, in one transaction. */
  List<Step> rehire(Random random) {
    Employee employee = any(employees, random);
    if (!employee.orders.isEmpty()) {
      return raise(random);
    }
    return List.of(
        Step.any("UPDATE employees SET manager_id = NULL WHERE manager_id = ?", employee.id),
        Step.one("DELETE FROM employees WHERE id = ?", employee.id),
        insert(employee, null, random));
  }

  private static <T> T any(List<T> list, Random random) {
    return list.get(random.nextInt(list.size()));
  }
}
