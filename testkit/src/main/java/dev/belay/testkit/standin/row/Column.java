package dev.belay.testkit.standin.row;

public record Column(String name, SqlType type, boolean nullable) {}
