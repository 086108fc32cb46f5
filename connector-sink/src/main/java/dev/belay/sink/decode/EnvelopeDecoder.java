package dev.belay.sink.decode;

import dev.belay.sink.change.Decoded;

/** Reads the records of one envelope. */
interface EnvelopeDecoder {
  Decoded decode(Message message) throws UnreadableException;
}
