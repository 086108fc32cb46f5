/** Records that converters of Kafka Connect have read before the connector does. */
package dev.belay.sink.structs;
