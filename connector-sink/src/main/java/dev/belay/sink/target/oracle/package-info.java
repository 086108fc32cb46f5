/**
 * Oracle Database 19c to 23ai through the thin driver, which is found by its name: nothing here
 * needs its classes.
 */
package dev.belay.sink.target.oracle;
