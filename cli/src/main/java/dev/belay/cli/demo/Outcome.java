package dev.belay.cli.demo;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** What a demo found. */
interface Outcome {
  boolean isGood();

  /** For the user. */
  String text();

  /** For programs. */
  ObjectNode json();
}
