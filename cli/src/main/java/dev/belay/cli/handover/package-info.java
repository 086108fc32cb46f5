/**
 * {@code belay drain} and {@code belay rollback}: the old database gets everything, which is
 * proved, and takes over.
 */
package dev.belay.cli.handover;
