package dev.belay.sink.target.cockroach;

import dev.belay.sink.change.Datum;
import dev.belay.sink.failure.UnfitValueException;
import dev.belay.sink.target.pgwire.ArrayForm;
import dev.belay.sink.target.pgwire.ValueForm;
import dev.belay.sink.target.wire.WireJson;
import java.util.List;
import java.util.Optional;

/** Arrays: CockroachDB's have one dimension. */
record FlatArrayForm(ArrayForm array) implements ValueForm {

  @Override
  public String encode(Datum datum) throws UnfitValueException {
    requireFlat(datum);
    return array.encode(datum);
  }

  @Override
  public Optional<ValueForm> elementForm() {
    return array.elementForm();
  }

  @Override
  public String encode(Datum datum, ElementBinding binding) throws UnfitValueException {
    requireFlat(datum);
    return array.encode(datum, binding);
  }

  private void requireFlat(Datum datum) throws UnfitValueException {
    if (datum instanceof Datum.Json) {
      Optional<List<Datum>> elements = WireJson.elements(datum.text());
      if (elements.isPresent() && elements.get().stream().anyMatch(FlatArrayForm::isArray)) {
        throw ValueForm.unfit("An array of arrays", array.type());
      }
    }
  }

  private static boolean isArray(Datum element) {
    return element instanceof Datum.Json json && json.text().startsWith("[");
  }

  @Override
  public String kind() {
    return array.kind();
  }
}
