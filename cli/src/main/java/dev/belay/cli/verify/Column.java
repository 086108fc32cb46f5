package dev.belay.cli.verify;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A column of one database.
 *
 * @param name as the catalog has it
 * @param type as the catalog words it, fit for a cast
 */
public record Column(String name, String type, Kind kind) {
  private static final Pattern ARGUMENT = Pattern.compile("\\((\\d+)");

  /** The first number in the parentheses of the type. */
  int argument(int otherwise) {
    Matcher argument = ARGUMENT.matcher(type);
    return argument.find() ? Integer.parseInt(argument.group(1)) : otherwise;
  }
}
