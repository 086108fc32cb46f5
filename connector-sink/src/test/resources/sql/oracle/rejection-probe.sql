DELETE FROM belay.belay_rejection WHERE 1 = 0
