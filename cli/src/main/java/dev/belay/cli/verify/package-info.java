/**
 * {@code belay verify}: whether two databases hold the same rows, and which ones they do not. Reads
 * both by itself and shares no code with the sink that wants to be checked: what is common to both
 * is the catalog of tables alone.
 */
package dev.belay.cli.verify;
