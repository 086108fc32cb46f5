package dev.belay.cli.verify;

import java.util.Optional;

/**
 * Rows by the first column of their key.
 *
 * @param from the least value, as text of the source; empty for no bound
 * @param to behind the last value; empty for no bound
 */
record KeyRange(Optional<String> from, Optional<String> to) {

  static final KeyRange ALL = new KeyRange(Optional.empty(), Optional.empty());
}
