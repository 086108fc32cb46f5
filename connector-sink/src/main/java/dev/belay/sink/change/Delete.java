package dev.belay.sink.change;

/** A row that is gone. */
public record Delete(ChangeInfo info) implements Change {}
