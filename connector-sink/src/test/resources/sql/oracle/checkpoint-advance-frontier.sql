UPDATE belay.belay_frontier SET sequence = sequence + 1, frontier = ?, snapshot_from = ? WHERE connector = ? AND epoch = ? AND sequence = ?
