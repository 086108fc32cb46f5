package dev.belay.sink;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What each driver is told. */
class DatabasesTest {

  @Test
  void aConnectionIsGivenUpInTimeAlsoWhenTheUserSetNothing() {
    assertThat(Databases.POSTGRESQL.limits(Duration.ofSeconds(10), Duration.ofSeconds(30)))
        .containsEntry("socketTimeout", "120")
        .containsEntry("connectTimeout", "10");
    assertThat(Databases.POSTGRESQL.limits(Duration.ofSeconds(10), Duration.ofMinutes(10)))
        .containsEntry("socketTimeout", "660");
  }

  /** PostgreSQL's driver knows its own URLs only. */
  @Test
  void cockroachIsReachedByTheDriverOfPostgres() {
    Databases database = Databases.of("jdbc:cockroachdb://db:26257/shop?a=b").orElseThrow();

    assertThat(database).isSameAs(Databases.COCKROACHDB);
    assertThat(database.driverUrl("jdbc:cockroachdb://db:26257/shop?a=b"))
        .isEqualTo("jdbc:postgresql://db:26257/shop?a=b");
    assertThat(database.target().name()).isEqualTo("CockroachDB");
    assertThat(Databases.POSTGRESQL.driverUrl("jdbc:postgresql://db/shop"))
        .isEqualTo("jdbc:postgresql://db/shop");
  }

  /** Whoever asks for a mark that is none is told, and not left with an echo. */
  @Test
  void markIsRefusedWhereThereIsNone() {
    assertThat(Databases.COCKROACHDB.markObjection(true)).isEmpty();
    assertThat(Databases.POSTGRESQL.markObjection(true)).isEmpty();
    assertThat(Databases.MYSQL.markObjection(true)).isEmpty();
    assertThat(Databases.MARIADB.markObjection(false)).isEmpty();
    assertThat(Databases.MARIADB.markObjection(true).orElseThrow())
        .contains("jdbc:mariadb:", "is not marked");
  }

  @Test
  void timeLimitsOfTheDriverAreRoundedUpToItsSeconds() {
    assertThat(Databases.POSTGRESQL.limits(Duration.ofMillis(1_001), Duration.ofMillis(90_001)))
        .containsEntry("connectTimeout", "2")
        .containsEntry("loginTimeout", "2")
        .containsEntry("socketTimeout", "151");
    assertThat(Databases.POSTGRESQL.limits(Duration.ofMillis(100), Duration.ofSeconds(1)))
        .containsEntry("connectTimeout", "1");
  }

  @ParameterizedTest
  @EnumSource(
      value = Databases.class,
      names = {"MYSQL", "MARIADB"})
  void timeLimitsOfTheOtherDriversAreInMilliseconds(Databases database) {
    assertThat(database.limits(Duration.ofMillis(1_001), Duration.ofSeconds(30)))
        .containsEntry("connectTimeout", "1001")
        .containsEntry("socketTimeout", "120000")
        .containsEntry("tcpKeepAlive", "true");
    assertThat(database.limits(Duration.ofMillis(0), Duration.ofMinutes(10)))
        .containsEntry("connectTimeout", "1") // 0 would be for ever
        .containsEntry("socketTimeout", "660000");
  }

  @Test
  void oraclesDriverGivesUpInTimeAndNamesTheProgram() {
    assertThat(Databases.ORACLE.limits(Duration.ofMillis(1_001), Duration.ofMinutes(10)))
        .containsEntry("oracle.net.CONNECT_TIMEOUT", "1001")
        .containsEntry("oracle.jdbc.ReadTimeout", "660000")
        .containsEntry("v$session.program", "belay");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jdbc:postgresql://db/shop?password=x",
        "jdbc:postgresql://db/shop?user=u&Password=x",
        "jdbc:postgresql://u:x@db/shop",
        "jdbc:mysql://db/shop?password=x",
        "jdbc:mysql://db/shop?ssl=true&password1=x",
        "jdbc:mysql://db/shop?password3=x",
        "jdbc:mysql://db/shop?trustCertificateKeyStorePassword=x",
        "jdbc:mariadb://db/shop?keyStorePassword=x",
        "jdbc:mysql://u:x@db:3306/shop",
        "jdbc:mysql://(host=db,port=3306,user=u,password=x)/shop",
        "jdbc:mysql://address=(host=db)(password=x)/shop",
        "jdbc:mariadb://db/shop?user=u&password=x",
        "jdbc:oracle:thin:belay/x@//db:1521/shop",
        "jdbc:oracle:thin:belay/x@tcps://db:2484/shop",
        "jdbc:oracle:thin:@(DESCRIPTION=(SECURITY=(PASSWORD=x)))"
      })
  void aPasswordInTheUrlIsSeen(String url) {
    assertThat(Databases.of(url).orElseThrow().showsPassword(url)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jdbc:postgresql://db:5432/shop?sslmode=require",
        "jdbc:mysql://db:3306/shop?sslMode=VERIFY_IDENTITY&defaultAuthenticationPlugin=mysql_native_password",
        "jdbc:mysql://db/shop?passwordCharacterEncoding=UTF-8&disconnectOnExpiredPasswords=true",
        "jdbc:mariadb://[::1]:3306/shop?connectTimeout=5",
        "jdbc:oracle:thin:@//db:1521/shop",
        "jdbc:oracle:thin:@tcps://db:2484/shop?ssl_server_dn_match=on",
        "jdbc:oracle:thin:@(DESCRIPTION=(ADDRESS=(PROTOCOL=tcps)(HOST=db)(PORT=2484))(CONNECT_DATA=(SERVICE_NAME=shop)))"
      })
  void otherParametersAreNoPassword(String url) {
    assertThat(Databases.of(url).orElseThrow().showsPassword(url)).isFalse();
  }

  @ParameterizedTest
  @EnumSource(Databases.class)
  void theDriverIsFoundByItsName(Databases database) {
    assertThat(database.driverIsMissing()).isEmpty();
  }

  /** A plugin's folder with the sink and nothing else: what the core zip is for MySQL. */
  @Test
  void aDriverThatIsNotThereIsNamedWithTheZipThatHasIt() throws Exception {
    URL classes = Databases.class.getProtectionDomain().getCodeSource().getLocation();
    try (URLClassLoader folder =
        new URLClassLoader(new URL[] {classes}, new WithoutDrivers(getClass().getClassLoader()))) {
      Class<?> databases = folder.loadClass(Databases.class.getName());
      Method missing = databases.getDeclaredMethod("driverIsMissing");
      missing.setAccessible(true);
      for (Object database : databases.getEnumConstants()) {
        String zip =
            switch (((Enum<?>) database).name()) {
              case "MYSQL" -> "driver-mysql.zip";
              case "MARIADB" -> "driver-mariadb.zip";
              case "ORACLE" -> "driver-oracle.zip";
              default -> "plugin.zip";
            };
        assertThat(missing.invoke(database).toString())
            .contains("belay-connector-sink-" + Version.text() + "-" + zip)
            .contains("restart the worker");
      }
    }
  }

  /** All that a worker has, but drivers and the sink. */
  private static final class WithoutDrivers extends ClassLoader {
    WithoutDrivers(ClassLoader parent) {
      super(parent);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (name.startsWith("dev.belay.sink.")
          || name.startsWith("com.mysql.")
          || name.startsWith("org.mariadb.")
          || name.startsWith("oracle.")
          || name.startsWith("org.postgresql.")) {
        throw new ClassNotFoundException(name);
      }
      return super.loadClass(name, resolve);
    }
  }
}
