package dev.belay.testkit.standin.proxy;

import javax.net.ssl.SSLContext;

/**
 * TLS of a stand-in. A client that shows a certificate must be the user whom it names, and is not
 * asked for a password then; the others are, if they have one.
 *
 * @param context with the server's key, and the authority of the clients' certificates
 * @param needsCertificate whether every client must show one
 */
public record Tls(SSLContext context, boolean needsCertificate) {}
