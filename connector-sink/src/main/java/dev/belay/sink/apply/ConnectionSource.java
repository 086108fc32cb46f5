package dev.belay.sink.apply;

import java.sql.Connection;
import java.sql.SQLException;

/** Opens connections to the target; the seam at which tests make networks fail. */
@FunctionalInterface
public interface ConnectionSource {
  Connection open() throws SQLException;
}
