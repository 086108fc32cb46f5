package dev.belay.cli.verify;

/** Something that both databases have. */
record Sides<T>(T source, T target) {}
