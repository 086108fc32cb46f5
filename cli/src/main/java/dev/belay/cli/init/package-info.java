/**
 * {@code belay init}: the files of a rollback plan for the tables that two databases have. What it
 * writes are the files of {@code config}, filled in.
 */
package dev.belay.cli.init;
