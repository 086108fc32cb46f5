package dev.belay.sink.target.pgwire;

import dev.belay.sink.change.Datum;
import dev.belay.sink.failure.UnfitValueException;
import dev.belay.sink.target.wire.WireJson;
import java.util.List;
import java.util.Optional;

/**
 * Arrays, from JSON arrays. JSON arrays inside become further dimensions. A VECTOR, which the wire
 * writes as a string in brackets, is read as an array of numbers.
 *
 * @param delimiter between elements: a comma, but for {@code box}
 */
public record ArrayForm(String type, ValueForm element, char delimiter) implements ValueForm {

  @Override
  public String encode(Datum datum) throws UnfitValueException {
    return encode(datum, element::encode);
  }

  @Override
  public Optional<ValueForm> elementForm() {
    return Optional.of(element);
  }

  @Override
  public String encode(Datum datum, ElementBinding binding) throws UnfitValueException {
    boolean vector = datum instanceof Datum.Text && element.isBare();
    Optional<List<Datum>> elements =
        datum instanceof Datum.Json || vector ? WireJson.elements(datum.text()) : Optional.empty();
    StringBuilder literal = new StringBuilder(datum.text().length() + 16);
    append(
        literal,
        elements.orElseThrow(() -> ValueForm.unfit(ValueForm.nameOf(datum), type)),
        binding);
    return literal.toString();
  }

  private void append(StringBuilder literal, List<Datum> elements, ElementBinding binding)
      throws UnfitValueException {
    ArrayLiteral array = new ArrayLiteral(literal, delimiter);
    for (Datum datum : elements) {
      if (datum.isNull()) {
        array.addNull();
      } else if (datum instanceof Datum.Json json && json.text().startsWith("[") && nests()) {
        append(
            array.next(),
            WireJson.elements(json.text())
                .orElseThrow(() -> ValueForm.unfit("A malformed JSON array", type)),
            binding);
      } else {
        String bound = binding.bind(datum);
        if (bound == null) {
          array.addNull();
        } else {
          array.add(bound, element.isBare());
        }
      }
    }
    array.close();
  }

  /** An array of JSON documents holds arrays as documents. */
  private boolean nests() {
    return !(element instanceof JsonForm);
  }

  @Override
  public String kind() {
    return "array";
  }
}
