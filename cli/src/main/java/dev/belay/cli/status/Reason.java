package dev.belay.cli.status;

/**
 * Why a rollback is not ready.
 *
 * @param connector whose matter it is
 */
record Reason(String connector, String text) {}
