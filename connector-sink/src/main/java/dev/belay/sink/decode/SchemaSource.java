package dev.belay.sink.decode;

/** Where the schemas of Avro messages are; a schema registry, for example. */
public interface SchemaSource {

  /**
   * The schema of an id, as JSON. An id never gets another schema. May block as long as the source
   * takes to answer.
   *
   * @throws RuntimeException if it cannot be had; passed on by {@link Decoder#decode} as it is
   */
  String schema(int id);
}
