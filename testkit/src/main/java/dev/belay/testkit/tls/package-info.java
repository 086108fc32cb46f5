/** Throw-away certificates for servers and clients of tests. */
package dev.belay.testkit.tls;
