package dev.belay.sink.checkpoint;

import dev.belay.sink.change.ChangeInfo;
import dev.belay.sink.change.Datum;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Tells the rows of the feed apart without keeping their keys: SHA-256 over table, column family
 * and key as the feed writes them, each part with its length before it.
 */
public final class RejectedKey {
  private RejectedKey() {}

  /** In hexadecimal digits; empty if the change has no key. */
  public static String hash(ChangeInfo change) {
    if (change.key().isEmpty()) {
      return "";
    }
    MessageDigest digest = sha256();
    add(digest, change.table().database());
    add(digest, change.table().schema());
    add(digest, change.table().name());
    // families of a split feed are versioned apart: one may be stale and the other not
    add(digest, change.family());
    change.key().names().forEach(name -> add(digest, name));
    for (Datum part : change.key().values()) {
      // the text "1" and the number 1 are two keys
      add(digest, part instanceof Datum.Text ? "text" : "json");
      add(digest, part.text());
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static void add(MessageDigest digest, String part) {
    byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
    digest.update(bytes);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException everyJavaHasIt) {
      throw new IllegalStateException(everyJavaHasIt);
    }
  }
}
