package dev.belay.cli.init;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A file of {@code config} that is being filled in. What is to be put in must have a place: a file
 * that has changed is noticed, and not written half filled.
 */
final class Template {
  private static final String FOLDER = "/dev/belay/cli/config/";

  private final String name;
  private String text;

  private Template(String name, String text) {
    this.name = name;
    this.text = text;
  }

  /**
   * Reads a file.
   *
   * @param name seen from {@code config}
   */
  static Template of(String name) {
    return new Template(name, read(FOLDER + name));
  }

  /** A text of the command's own. */
  static Template ofResource(String path) {
    return new Template(path, read(path));
  }

  private static String read(String path) {
    try (InputStream in = Template.class.getResourceAsStream(path)) {
      if (in == null) {
        throw new IllegalStateException("The command was built without its resource " + path);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Puts a text in the place of each occurrence of another. */
  Template put(String place, String filled) {
    if (!text.contains(place)) {
      throw missing(place);
    }
    text = text.replace(place, filled);
    return this;
  }

  /** Puts a text in the place of what a pattern finds. */
  Template putAt(String pattern, String filled) {
    Matcher found = Pattern.compile(pattern, Pattern.DOTALL | Pattern.MULTILINE).matcher(text);
    if (!found.find()) {
      throw missing(pattern);
    }
    text = found.replaceAll(Matcher.quoteReplacement(filled));
    return this;
  }

  /** Without what a pattern finds. */
  Template leaveOut(String pattern) {
    return putAt(pattern, "");
  }

  private IllegalStateException missing(String place) {
    return new IllegalStateException(
        name + " of this build has no place for what goes there: " + place);
  }

  /** What a pattern finds, the first time; its first group if it has one. */
  String part(String pattern) {
    Matcher found = Pattern.compile(pattern, Pattern.DOTALL | Pattern.MULTILINE).matcher(text);
    if (!found.find()) {
      throw missing(pattern);
    }
    return found.groupCount() > 0 ? found.group(1) : found.group();
  }

  String text() {
    return text;
  }
}
