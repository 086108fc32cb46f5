package dev.belay.cli.init;

import dev.belay.cli.verify.Counterparts.Finding;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What came of it.
 *
 * @param folder that was, or would be, written to
 * @param files by name, with what each is for; empty if nothing was written
 * @param leftOut findings that keep tables or columns out, or columns from being equal
 * @param notes what is worth knowing, and stops nothing
 * @param toSettle what must be settled before the files are of use
 */
record InitOutcome(
    Site site,
    Path folder,
    Map<String, String> files,
    List<Finding> leftOut,
    List<String> notes,
    List<String> toSettle) {

  boolean isDone() {
    return toSettle.isEmpty() && leftOut.isEmpty() && !files.isEmpty();
  }
}
