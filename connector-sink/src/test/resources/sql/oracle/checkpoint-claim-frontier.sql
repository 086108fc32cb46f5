UPDATE belay.belay_frontier SET epoch = epoch + 1 WHERE connector = ?
