package dev.belay.testkit.standin.encode;

import java.util.Map;

/** How CockroachDB orders and writes the names of an object's members. */
public final class JsonNames {

  private JsonNames() {}

  /** An empty map that keeps its keys in the order of their UTF-8 bytes. */
  public static Map<String, String> ordered() {
    return JsonText.members();
  }

  /** A name as JSON. */
  public static String quoted(String name) {
    return JsonText.string(name);
  }
}
