DELETE FROM belay.belay_rejection WHERE connector = ? AND topic = ? AND "PARTITION" = ? AND record_offset = ?
