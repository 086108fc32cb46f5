/**
 * Real processes are struck at named points, and every record must still take effect exactly once.
 * A test holds the sink at a {@link dev.belay.sink.faults.Moment} by a {@link
 * dev.belay.sink.faults.Gate}, strikes, mends, and lets the {@link dev.belay.sink.faults.Audit}
 * compare what the target's triggers wrote down with what is in the topics. The load is a {@link
 * dev.belay.sink.faults.Bank}; a {@link dev.belay.sink.faults.BankObserver} reads along.
 */
package dev.belay.sink.faults;
