/** A real Kafka broker: in this JVM, or in one of its own that can be killed. */
package dev.belay.testkit.kafka;
