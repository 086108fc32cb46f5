package dev.belay.sink.change;

import java.util.List;

/**
 * A row's key as the message carried it. JSON keys are arrays without names, in the order of
 * CockroachDB's primary key, sometimes with parts that the target does not have (a hash shard, a
 * region); {@code enriched} keys are objects.
 *
 * @param names empty if the wire gave none, else one for each value
 * @param values may be empty if the message had no key
 */
public record KeyParts(List<String> names, List<Datum> values) {

  public static final KeyParts NONE = new KeyParts(List.of(), List.of());

  public static KeyParts unnamed(List<Datum> values) {
    return new KeyParts(List.of(), values);
  }

  public boolean isNamed() {
    return !names.isEmpty();
  }

  public boolean isEmpty() {
    return values.isEmpty();
  }
}
