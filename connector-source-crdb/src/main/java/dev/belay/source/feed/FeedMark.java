package dev.belay.source.feed;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is written into a job to know it again: the feed that it belongs to, and a fingerprint of
 * how that was configured. It travels as the Kafka client id of the job's {@code
 * kafka_sink_config}, which the job's description shows, so that no job is ever taken for ours
 * because its text looks alike.
 *
 * @param feed the feed's id, any text
 * @param fingerprint of the configuration that the job was made by, in hexadecimal digits
 * @param database whose tables it watches: two Connect clusters may have a connector of one name,
 *     each over a database of its own; empty in the mark of an older form
 */
public record FeedMark(String feed, String fingerprint, String database) {
  private static final String PREFIX = "belay.";
  private static final Pattern IN_TEXT =
      Pattern.compile(
          "\"ClientID\"\\s*:\\s*\""
              + PREFIX.replace(".", "\\.")
              + "([A-Za-z0-9_-]+)\\.([0-9a-f]+)(?:\\.([A-Za-z0-9_-]+))?\"");
  private static final Pattern ESCAPE = Pattern.compile("__|_([0-9a-f]{2})");

  /** The Kafka client id: of letters, digits, {@code .}, {@code _} and {@code -} only. */
  public String clientId() {
    return PREFIX
        + escape(feed)
        + "."
        + fingerprint
        + (database.isEmpty() ? "" : "." + escape(database));
  }

  /** Finds the mark in a job's description; empty for a job that nobody marked. */
  public static Optional<FeedMark> in(String description) {
    Matcher found = IN_TEXT.matcher(description);
    return found.find()
        ? Optional.of(
            new FeedMark(
                unescape(found.group(1)),
                found.group(2),
                found.group(3) == null ? "" : unescape(found.group(3))))
        : Optional.empty();
  }

  private static String escape(String id) {
    StringBuilder escaped = new StringBuilder();
    for (byte b : id.getBytes(StandardCharsets.UTF_8)) {
      boolean plain =
          b >= '0' && b <= '9' || b >= 'A' && b <= 'Z' || b >= 'a' && b <= 'z' || b == '-';
      if (plain) {
        escaped.append((char) b);
      } else if (b == '_') {
        escaped.append("__");
      } else {
        escaped.append(String.format("_%02x", b & 0xff));
      }
    }
    return escaped.toString();
  }

  private static String unescape(String escaped) {
    // bytes as Latin-1 characters first: a character may be several escapes
    Matcher matcher = ESCAPE.matcher(escaped);
    StringBuilder bytes = new StringBuilder();
    while (matcher.find()) {
      String one =
          matcher.group(1) == null
              ? "_"
              : String.valueOf((char) Integer.parseInt(matcher.group(1), 16));
      matcher.appendReplacement(bytes, Matcher.quoteReplacement(one));
    }
    matcher.appendTail(bytes);
    return new String(
        bytes.toString().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }
}
