package dev.belay.source;

import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Plants the secrets before any class starts a worker. It is found by its service file, so that no
 * class can forget it.
 */
public final class SecretsAreSearchedFor implements BeforeAllCallback {
  @Override
  public void beforeAll(ExtensionContext context) {
    PlantedSecrets.ofTheRun();
  }
}
