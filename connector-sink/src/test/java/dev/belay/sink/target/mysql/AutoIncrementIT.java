package dev.belay.sink.target.mysql;

import static dev.belay.sink.target.mysql.MySqlDatabase.row;
import static dev.belay.sink.target.mysql.MySqlDatabase.upsert;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.sink.shape.TableShape;
import dev.belay.testkit.mysql.Product;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** InnoDB keeps AUTO_INCREMENT ahead of what the sink writes, with no help. */
@ParameterizedClass
@EnumSource(Product.class)
class AutoIncrementIT {
  @Parameter Product product;
  private MySqlDatabase database;

  @BeforeEach
  void open() throws Exception {
    database = MySqlDatabase.on(product);
  }

  @AfterEach
  void close() throws SQLException {
    if (database != null) { // null: skipped for want of a server
      database.close();
    }
  }

  private String insert() throws SQLException {
    database.owner("INSERT INTO t (a) VALUES (1)");
    return database.rows("SELECT max(id) FROM t WHERE a = 1").get(0);
  }

  @Test
  void numbersOfReplicatedRowsAreNotGivenAgain() throws Exception {
    TableShape t = database.create("t", "id BIGINT AUTO_INCREMENT PRIMARY KEY, a INT");

    database.write(upsert(t, List.of("id", "a"), row(4711, 0), row(12, 0)));

    assertThat(insert()).isEqualTo("4712");
    database.write(upsert(t, List.of("id", "a"), row(5000, 0)));
    database.write(upsert(t, List.of("id", "a"), row(5000, 2)));
    assertThat(insert()).isEqualTo("5001");
  }

  @Test
  void numberOfARowThatIsRewrittenIsNotGivenAgain() throws Exception {
    TableShape t =
        database.create(
            "t", "k VARCHAR(20) PRIMARY KEY DEFAULT 'app', id BIGINT AUTO_INCREMENT UNIQUE, a INT");
    database.write(upsert(t, List.of("k", "id", "a"), row("x", 5, 0)));

    database.write(upsert(t, List.of("k", "id", "a"), row("x", 4711, 0)));

    assertThat(insert()).isEqualTo("4712");
  }
}
