package dev.belay.cli.status;

import java.time.Instant;
import java.util.List;

/**
 * All that was seen at one time.
 *
 * @param unseen what of no connector could not be looked at, and why
 */
record Picture(
    Instant at, List<SinkStatus> sinks, List<SourceStatus> sources, List<String> unseen) {}
