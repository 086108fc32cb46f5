package dev.belay.sink.decode;

import dev.belay.sink.change.Change;
import dev.belay.sink.change.Decoded;

/** {@code key_only}: a null value for insert, update and delete alike. */
final class KeyOnlyDecoder implements EnvelopeDecoder {
  private final FlatDecoder resolved;

  KeyOnlyDecoder(JsonWire json, TopicTables tables) {
    this.resolved = FlatDecoder.bare(json, tables, "");
  }

  @Override
  public Decoded decode(Message message) throws UnreadableException {
    if (message.value().isNull()) {
      throw new UnreadableException(
          "The feed has envelope=key_only, whose null value says that a row changed but not how, so"
              + " there is nothing to apply. Create the changefeed with envelope=wrapped.");
    }
    Decoded read = resolved.decode(message);
    if (read instanceof Change) {
      throw Fields.notThisEnvelope("key_only", "is not null");
    }
    return read;
  }
}
