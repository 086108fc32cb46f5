package dev.belay.sink.decode;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Names in Avro, which has fewer characters for them than SQL. */
public final class AvroNames {
  private static final Pattern ESCAPED = Pattern.compile("_u([0-9a-fA-F]{4})_");

  private AvroNames() {}

  /** {@code foo.most} of {@code foo_u002e_most}. */
  public static String plain(String name) {
    return ESCAPED
        .matcher(name)
        .replaceAll(
            found ->
                Matcher.quoteReplacement(
                    String.valueOf((char) Integer.parseInt(found.group(1), 16))));
  }
}
