package dev.belay.testkit.standin.proxy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** Whom PostgreSQL asks for a password: users who have one, unless the proxy vouches for them. */
public final class Logins {

  /** Members of this role are asked for their password. */
  public static final String HAVE_PASSWORDS = "belay_standin_have_passwords";

  /** Sessions from this address of the loopback network showed a certificate. */
  static final String VOUCHED_FOR = "127.0.0.2";

  private static final String RULES =
      """
      local all all trust
      host all all %s/32 trust
      host all +%s 127.0.0.1/32 scram-sha-256
      host all +%s ::1/128 scram-sha-256
      host all all all trust
      """;

  private Logins() {}

  /**
   * Server settings that make it so.
   *
   * @param dir the server must be able to read it
   */
  public static Map<String, String> settings(Map<String, String> others, Path dir)
      throws IOException {
    Path rules = dir.resolve("pg_hba.conf");
    Files.writeString(rules, String.format(RULES, VOUCHED_FOR, HAVE_PASSWORDS, HAVE_PASSWORDS));
    Map<String, String> settings = new TreeMap<>(others);
    settings.put("hba_file", rules.toString());
    return settings;
  }
}
