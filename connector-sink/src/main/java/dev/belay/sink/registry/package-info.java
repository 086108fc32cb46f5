/** Schemas of Avro messages, from a schema registry over HTTP. */
package dev.belay.sink.registry;
