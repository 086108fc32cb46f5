/** {@code belay status}: both flows, and what a rollback at this moment would cost. */
package dev.belay.cli.status;
