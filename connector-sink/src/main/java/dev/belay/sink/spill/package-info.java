/** What waits for its time on disk, because it does not fit into memory. */
package dev.belay.sink.spill;
