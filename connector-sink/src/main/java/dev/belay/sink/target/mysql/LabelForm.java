package dev.belay.sink.target.mysql;

import dev.belay.sink.change.Datum;
import dev.belay.sink.failure.UnfitValueException;
import dev.belay.sink.target.wire.Unfit;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * ENUM and SET. The server would find a label in any case and with any blanks behind it; here it is
 * the very label or none.
 *
 * @param labels in the order of the column
 * @param several SET
 */
record LabelForm(String type, List<String> labels, boolean several) implements ValueForm {

  /**
   * Reads {@code enum('a','it''s')}.
   *
   * @param columnType as the catalog has it
   */
  static List<String> labels(String columnType) {
    List<String> labels = new ArrayList<>();
    StringBuilder label = new StringBuilder();
    boolean inside = false;
    for (int i = columnType.indexOf('(') + 1; i < columnType.length(); i++) {
      char c = columnType.charAt(i);
      if (!inside) {
        inside = c == '\'';
      } else if (c != '\'') {
        label.append(c);
      } else if (i + 1 < columnType.length() && columnType.charAt(i + 1) == '\'') {
        label.append(c);
        i++;
      } else {
        labels.add(label.toString());
        label.setLength(0);
        inside = false;
      }
    }
    return labels;
  }

  @Override
  public String encode(Datum datum) throws UnfitValueException {
    String text = datum.text();
    if (!(datum instanceof Datum.Text)) {
      throw Unfit.of(Unfit.nameOf(datum), type);
    }
    if (!several) {
      if (!labels.contains(text)) {
        throw Unfit.of("A label that it does not have", type);
      }
      return text;
    }
    if (text.isEmpty()) {
      return text;
    }
    Set<String> members = new LinkedHashSet<>();
    for (String member : text.split(",", -1)) {
      if (!labels.contains(member) || !members.add(member)) {
        throw Unfit.of("A label that it does not have, or one twice,", type);
      }
    }
    StringBuilder inOrder = new StringBuilder(text.length());
    for (String label : labels) {
      if (members.contains(label)) {
        inOrder.append(inOrder.isEmpty() ? "" : ",").append(label);
      }
    }
    return inOrder.toString();
  }

  @Override
  public String kind() {
    return "enum";
  }
}
