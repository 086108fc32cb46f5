package dev.belay.cli.verify;

import java.util.Objects;
import java.util.Optional;

/**
 * A column on both sides.
 *
 * @param common as what its values are compared
 * @param element as what elements are compared, if it is an array
 * @param nullable whether either side may hold NULL
 */
record ColumnPair(Column source, Column target, Kind common, Kind element, boolean nullable) {

  /** As the source has it, for reports. */
  String name() {
    return source.name();
  }

  /** Whether two texts are one value; null is NULL. */
  boolean isSame(String ofSource, String ofTarget) {
    return ofSource == null || ofTarget == null
        ? Objects.equals(ofSource, ofTarget)
        : ofSource.equals(ofTarget) || form(ofSource).equals(form(ofTarget));
  }

  private String form(String text) {
    return common == Kind.ARRAY ? Canon.ofArray(element, text) : Canon.of(common, text);
  }

  /** Whether both databases order the values alike, and can find a value again by its index. */
  boolean isOrdered() {
    return switch (common) {
      case INTEGER, BYTES, DATE, MOMENT -> source.kind() == target.kind();
      case TIMESTAMP -> source.kind() != Kind.DATE && target.kind() != Kind.DATE;
      case UUID ->
          source.kind() != Kind.TEXT
              && target.kind() != Kind.TEXT
              && source.kind() != Kind.PADDED
              && target.kind() != Kind.PADDED;
      default -> false;
    };
  }

  /** The texts that both databases write alike; empty if there are none. */
  Optional<Sides<String>> alike(Dialect ofSource, Dialect ofTarget) {
    Optional<String> one = ofSource.alike(source, target.kind(), common);
    Optional<String> other = ofTarget.alike(target, source.kind(), common);
    return one.isPresent() && other.isPresent()
        ? Optional.of(new Sides<>(one.get(), other.get()))
        : Optional.empty();
  }
}
