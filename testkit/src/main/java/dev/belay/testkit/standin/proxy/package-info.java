/**
 * Speaks PostgreSQL's wire protocol to clients. All answers come from the real server behind it,
 * unchanged; what the server does not know is rewritten, on the way there, into what it does.
 */
package dev.belay.testkit.standin.proxy;
