/** Transforms of Kafka Connect that know what a changefeed's record looks like. */
package dev.belay.sink.transforms;
