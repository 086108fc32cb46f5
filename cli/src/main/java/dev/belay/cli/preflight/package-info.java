/** {@code belay preflight}: whether what is to be POSTed will work, before it is. */
package dev.belay.cli.preflight;
