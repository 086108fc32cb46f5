SELECT topic, "PARTITION", record_offset, table_name, key_hash, hlc, sqlstate, records, format FROM belay.belay_rejection WHERE connector = ?
