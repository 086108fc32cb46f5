package dev.belay.sink.target.pgwire;

import dev.belay.sink.change.Datum;
import dev.belay.sink.failure.UnfitValueException;
import dev.belay.sink.shape.ColumnCodec;
import dev.belay.sink.shape.ColumnShape;
import java.util.Optional;

/**
 * What a statement must know of a column, beside its name: how its values are written, under which
 * type they are sent, and what it takes to compare or to empty it.
 *
 * @param form how values are written
 * @param parameter how values are sent
 * @param equality the operator of the primary key's index, with its schema if it is not in
 *     pg_catalog, where a session finds it whatever its search path is (citext)
 * @param identityAlways GENERATED ALWAYS AS IDENTITY
 * @param arbitrates false for a column of a primary key that ON CONFLICT cannot name: a deferrable
 *     one, or one WITHOUT OVERLAPS
 * @param parking the SQL of a value that no other row has, or empty if there is none for certain
 */
public record PgColumn(
    ValueForm form,
    Parameter parameter,
    String equality,
    boolean identityAlways,
    boolean arbitrates,
    String parking)
    implements ColumnCodec {

  /** In {@link #parking}: no value is free for certain. */
  public static final String NO_PARKING = "";

  /**
   * How a column's values travel: as one array.
   *
   * @param elementType SQL name of the array's element type, without length or precision
   * @param before what stands before the element where it is read
   * @param after what stands behind it
   * @param binary the binary form of the element type, if it has one
   */
  public record Parameter(
      String elementType, String before, String after, Optional<BinaryElement> binary) {

    public Parameter(String elementType, String before, String after) {
      this(elementType, before, after, BinaryElement.of(elementType));
    }

    public static final String TEXT = Identifiers.quote("pg_catalog", "text");

    /** Sent as what it is. */
    public static Parameter of(String elementType) {
      return new Parameter(elementType, "", "");
    }

    /**
     * Sent as text and cast where it is read: an array of arrays would lose a level when it is
     * unnested.
     */
    public static Parameter castFromText(String type) {
      return new Parameter(TEXT, "", "::" + type);
    }

    public String read(String reference) {
      return before + reference + after;
    }
  }

  public static PgColumn of(ColumnShape column) {
    return (PgColumn) column.codec();
  }

  @Override
  public String encode(Datum datum) throws UnfitValueException {
    return form.encode(datum);
  }

  @Override
  public String encode(Datum datum, Elements elements) throws UnfitValueException {
    Optional<ValueForm> element = form.elementForm();
    if (element.isEmpty()) {
      return form.encode(datum);
    }
    ValueForm of = element.get();
    ColumnShape column =
        new ColumnShape(
            "element",
            of.kind(),
            of.kind(),
            true,
            false,
            false,
            new PgColumn(of, parameter, "", false, true, NO_PARKING));
    return form.encode(datum, one -> elements.bind(column, one));
  }

  @Override
  public String canonical(String encoded) {
    return form.canonical(encoded);
  }
}
