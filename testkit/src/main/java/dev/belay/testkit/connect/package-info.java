/**
 * A Kafka Connect worker as users run it, with plugins unpacked from their packages, and a client
 * for its REST interface.
 */
package dev.belay.testkit.connect;
