SELECT epoch, sequence, frontier, snapshot_from, format FROM belay.belay_frontier WHERE connector = ?
