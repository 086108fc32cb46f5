UPDATE belay.belay_checkpoint SET topic_id = ?, epoch = epoch + 1 WHERE connector = ? AND topic = ? AND "PARTITION" = ?
