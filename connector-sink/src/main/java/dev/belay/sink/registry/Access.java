package dev.belay.sink.registry;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * How a schema registry is reached.
 *
 * @param urls of its servers, without a slash at the end; tried in this order
 * @param authorization value of the header {@code Authorization}; a secret
 * @param tls what to trust, and who to be; empty for Java's own
 * @param timeout for a connection, and again for an answer
 */
public record Access(
    List<String> urls, Optional<String> authorization, Optional<SSLContext> tls, Duration timeout) {

  public Access {
    urls = List.copyOf(urls);
  }

  /** Without the secret. */
  @Override
  public String toString() {
    return "Access" + urls;
  }
}
