package dev.belay.cli.verify;

/** Something that both databases have. */
public record Sides<T>(T source, T target) {}
