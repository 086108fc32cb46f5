/** {@code belay dlq}: records that were rejected, why, and how they are brought again. */
package dev.belay.cli.dlq;
