package dev.belay.sink.target.pgwire;

import dev.belay.sink.change.Datum;
import dev.belay.sink.failure.UnfitValueException;
import dev.belay.sink.target.wire.WireText;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * text, varchar, char, citext, name, "char", enums, and every type without a form of its own, whose
 * input function judges. Numbers, booleans and JSON arrive as the wire wrote them where {@code
 * flavor} is a kind of text.
 *
 * @param limit most characters (bytes for {@code name} and {@code "char"}), 0 for no limit
 */
public record TextForm(String type, Flavor flavor, int limit) implements ValueForm {

  public enum Flavor {
    TEXT("text"),
    /** Trailing blanks are padding and do not count in comparisons. */
    PADDED("text"),
    /** Compares without regard to case. */
    CASELESS("text"),
    /** Limited in bytes, cut in silence by the input function. */
    BYTES_LIMITED("text"),
    /** The database knows the labels. */
    ENUM("enum"),
    /** Some other type whose input function reads the text. */
    OTHER("other");

    private final String kind;

    Flavor(String kind) {
      this.kind = kind;
    }
  }

  @Override
  public String encode(Datum datum) throws UnfitValueException {
    if (datum instanceof Datum.Json && (flavor == Flavor.ENUM || flavor == Flavor.OTHER)) {
      throw ValueForm.unfit(ValueForm.nameOf(datum), type);
    }
    String text = datum.text();
    checkStorable(text, type);
    if (limit > 0 && text.length() > limit / 4) {
      if (flavor == Flavor.BYTES_LIMITED) {
        if (text.getBytes(StandardCharsets.UTF_8).length > limit) {
          throw ValueForm.unfit("A string of more than " + limit + " bytes", type);
        }
      } else if (text.codePointCount(0, text.length()) > limit) {
        // PostgreSQL would cut blanks off in silence to make it fit
        throw ValueForm.unfit("A string of more than " + limit + " characters", type);
      }
    }
    return text;
  }

  /** Refuses what no PostgreSQL text can hold. */
  static void checkStorable(String text, String type) throws UnfitValueException {
    if (WireText.hasNul(text)) {
      throw ValueForm.unfit("A string with the character U+0000", type);
    }
    if (WireText.hasUnpairedSurrogate(text)) {
      throw ValueForm.unfit("A string with half of a surrogate pair", type);
    }
  }

  @Override
  public String canonical(String encoded) {
    return switch (flavor) {
      case PADDED -> {
        int end = encoded.length();
        while (end > 0 && encoded.charAt(end - 1) == ' ') {
          end--;
        }
        yield encoded.substring(0, end);
      }
      case CASELESS -> encoded.toLowerCase(Locale.ROOT);
      default -> encoded;
    };
  }

  @Override
  public String kind() {
    return flavor.kind;
  }
}
