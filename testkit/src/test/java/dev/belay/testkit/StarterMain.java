package dev.belay.testkit;

import dev.belay.testkit.connect.ConnectWorker;
import dev.belay.testkit.kafka.KafkaProcess;
import dev.belay.testkit.mysql.MySqlServer;
import dev.belay.testkit.mysql.Product;
import dev.belay.testkit.postgres.PostgresServer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** Starts one of each server, announces their process ids, and waits to be killed. */
public final class StarterMain {

  private StarterMain() {}

  public static void main(String[] args) {
    ChildLife.run(
        () -> {
          Path dir = Path.of(args[1]);
          PostgresServer postgres =
              PostgresServer.start(PostgresServer.Version.NEW, dir.resolve("data"), 0, false);
          MySqlServer mysql =
              MySqlServer.start(Product.MYSQL, dir.resolve("mysql").resolve("data"), 0, false);
          KafkaProcess kafka = KafkaProcess.start(dir.resolve("kafka"));
          ConnectWorker worker =
              ConnectWorker.start(dir.resolve("connect"), kafka.bootstrapServers(), List.of());
          ChildLife.announce(
              Path.of(args[0]),
              postgres.pid() + " " + mysql.pid() + " " + kafka.pid() + " " + worker.pid());
          new CountDownLatch(1).await();
        });
  }
}
