package dev.belay.testkit.tls;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A certificate authority for the length of a test, made with the {@code keytool} of the JDK that
 * runs. Certificates are valid for two days. One thread.
 */
public final class Authority {

  /** Of every key store. */
  public static final String PASSWORD = "not-secret";

  // The only name under which pgjdbc looks for a key.
  private static final String OWN = "user";
  private static final String VALIDITY_DAYS = "2";
  private static final long PATIENCE_SECONDS = 60;

  private final Path dir;

  private Authority(Path dir) {
    this.dir = dir;
  }

  /**
   * Somebody with a certificate of the authority.
   *
   * @param keyStore PKCS #12, with his key and the authority's certificate
   * @param certificate PEM
   * @param key PEM, PKCS #8
   */
  public record Identity(Path keyStore, String certificate, String key) {

    /** TLS that shows this certificate, and trusts the authority's. */
    public SSLContext context() throws IOException, GeneralSecurityException {
      KeyStore store = load(keyStore);
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(store, PASSWORD.toCharArray());
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
      return context;
    }
  }

  /**
   * Makes an authority.
   *
   * @param dir where it keeps its files; created if missing
   */
  public static Authority create(Path dir) throws IOException {
    Files.createDirectories(dir);
    Authority authority = new Authority(dir);
    authority.keytool(
        "ca",
        "-genkeypair",
        "-alias",
        "ca",
        "-keyalg",
        "EC",
        "-groupname",
        "secp256r1",
        "-dname",
        "CN=Throw-away CA",
        "-ext",
        "bc:c",
        "-validity",
        VALIDITY_DAYS);
    authority.keytool(
        "ca", "-exportcert", "-rfc", "-alias", "ca", "-file", authority.certificate().toString());
    return authority;
  }

  /** Its own certificate, PEM. */
  public Path certificate() {
    return dir.resolve("ca.pem");
  }

  /** Its own certificate as text, PEM. */
  public String certificateText() throws IOException {
    return Files.readString(certificate());
  }

  /**
   * Makes a key and a certificate for it.
   *
   * @param commonName letters, digits and underscores; also the name of its files
   * @param alternativeNames as keytool takes them, {@code dns:localhost} or {@code ip:127.0.0.1}
   */
  public Identity issue(String commonName, String... alternativeNames)
      throws IOException, GeneralSecurityException {
    Path request = dir.resolve(commonName + ".csr");
    Path signed = dir.resolve(commonName + ".pem");
    keytool(
        commonName,
        "-genkeypair",
        "-alias",
        OWN,
        "-keyalg",
        "EC",
        "-groupname",
        "secp256r1",
        "-dname",
        "CN=" + commonName,
        "-validity",
        VALIDITY_DAYS);
    keytool(commonName, "-certreq", "-alias", OWN, "-file", request.toString());
    List<String> sign =
        new ArrayList<>(
            List.of(
                "-gencert",
                "-rfc",
                "-alias",
                "ca",
                "-validity",
                VALIDITY_DAYS,
                "-infile",
                request.toString(),
                "-outfile",
                signed.toString()));
    if (alternativeNames.length > 0) {
      sign.addAll(List.of("-ext", "san=" + String.join(",", alternativeNames)));
    }
    keytool("ca", sign.toArray(String[]::new));
    keytool(
        commonName, "-importcert", "-noprompt", "-alias", "ca", "-file", certificate().toString());
    keytool(commonName, "-importcert", "-noprompt", "-alias", OWN, "-file", signed.toString());
    Path store = store(commonName);
    return new Identity(store, Files.readString(signed), keyOf(store));
  }

  private static String keyOf(Path store) throws IOException, GeneralSecurityException {
    Key key = load(store).getKey(OWN, PASSWORD.toCharArray());
    String encoded =
        Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
            .encodeToString(key.getEncoded());
    return "-----BEGIN PRIVATE KEY-----\n" + encoded + "\n-----END PRIVATE KEY-----\n";
  }

  private static KeyStore load(Path file) throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, PASSWORD.toCharArray());
    }
    return store;
  }

  private Path store(String name) {
    return dir.resolve(name + ".p12");
  }

  private void keytool(String name, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.add("-J-XX:TieredStopAtLevel=1"); // for a program of half a second
    command.addAll(List.of(arguments));
    command.addAll(
        List.of(
            "-keystore", store(name).toString(), "-storetype", "PKCS12", "-storepass", PASSWORD));
    Path log = dir.resolve("keytool.log");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
        process.destroyForcibly();
        throw new IOException(
            "keytool " + arguments[0] + " failed: " + Files.readString(log).strip());
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException("Interrupted while keytool ran", e);
    }
  }
}
