package dev.belay.cli;

import java.util.List;

/**
 * A record to decode.
 *
 * @param key as Kafka has it, null included: it goes straight into the decoder
 * @param value likewise
 * @param keyColumns names for the key's parts; empty if not given with the record
 */
@SuppressWarnings("ArrayRecordComponent")
record WireRecord(String topic, byte[] key, byte[] value, List<String> keyColumns) {}
