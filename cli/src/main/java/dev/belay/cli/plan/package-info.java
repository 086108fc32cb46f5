/** {@code belay plan}: which way back fits, why, and what excludes the others. */
package dev.belay.cli.plan;
