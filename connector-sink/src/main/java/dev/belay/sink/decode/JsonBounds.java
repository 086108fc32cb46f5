package dev.belay.sink.decode;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;

/** Jackson with the bounds of this room. */
public final class JsonBounds {
  /** Numbers are as long as the widest decimal of any target, texts as long as Kafka lets them. */
  public static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(JsonWire.MAX_DEPTH)
                  .maxNumberLength(JsonWire.MAX_NUMBER_LENGTH)
                  .maxStringLength(Integer.MAX_VALUE)
                  .build())
          .build();

  private JsonBounds() {}
}
