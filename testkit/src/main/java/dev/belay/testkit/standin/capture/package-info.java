/**
 * Reads committed transactions out of PostgreSQL by logical decoding, gives each its time and keeps
 * them in commit order for the feeds.
 */
package dev.belay.testkit.standin.capture;
