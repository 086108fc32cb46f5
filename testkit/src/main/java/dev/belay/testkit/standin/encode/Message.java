package dev.belay.testkit.standin.encode;

import java.util.Optional;

/**
 * One record of a topic, as bytes. Arrays are not copied; nobody writes into them.
 *
 * @param value empty for a tombstone
 */
public record Message(byte[] key, Optional<byte[]> value) {}
