package dev.belay.sink.decode;

import dev.belay.sink.change.Origin;

/** A Kafka record as the decoders see it. */
record Message(Origin origin, String topic, Payload key, Payload value) {}
