package dev.belay.testkit.standin.proxy;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSocket;

/**
 * A client's connection as its session sees it: without TLS, and with those faults that it was told
 * to have. The session's thread reads, and negotiates TLS when it first does; another one may
 * write.
 *
 * <p>Not verified: the SQLSTATE and the words for a certificate of somebody else, or for none.
 */
final class FrontSocket extends Socket {

  private final Optional<Tls> tls;
  private final ConnectionFaults faults;
  private final Incoming incoming;
  private final Outgoing outgoing;
  private volatile Socket real;
  private volatile boolean vouchedFor;
  private volatile long lastNanos = System.nanoTime();

  FrontSocket(Socket real, Optional<Tls> tls, ConnectionFaults faults) throws IOException {
    this.real = real;
    this.tls = tls;
    this.faults = faults;
    this.outgoing = new Outgoing(real.getOutputStream(), faults, this);
    this.incoming = new Incoming(real.getInputStream());
    faults.admit(this);
  }

  /** Whether the client has shown a certificate of its user. */
  boolean isVouchedFor() {
    return vouchedFor;
  }

  void touch() {
    lastNanos = System.nanoTime();
  }

  Duration idleFor() {
    return Duration.ofNanos(System.nanoTime() - lastNanos);
  }

  @Override
  public InputStream getInputStream() {
    return incoming;
  }

  @Override
  public OutputStream getOutputStream() {
    return outgoing;
  }

  @Override
  public void setTcpNoDelay(boolean on) throws SocketException {
    real.setTcpNoDelay(on);
  }

  @Override
  public int getPort() {
    return real.getPort();
  }

  @Override
  public boolean isClosed() {
    return real.isClosed();
  }

  /** Closes from another thread than those that use it. */
  void cut() {
    try {
      close();
    } catch (IOException alreadyGone) {
      // It was to be closed.
    }
  }

  @Override
  public void close() throws IOException {
    faults.leave(this);
    real.close();
  }

  private final class Incoming extends InputStream {
    private DataInputStream in;
    private byte[] bytes = new byte[0];
    private int at;
    private Optional<ClientMessages> messages = Optional.empty();

    Incoming(InputStream raw) {
      this.in = new DataInputStream(new BufferedInputStream(raw));
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      while (at == bytes.length) {
        bytes = messages.isPresent() ? messages.get().next(in) : startup();
        at = 0;
        touch();
      }
      int count = Math.min(length, bytes.length - at);
      System.arraycopy(bytes, at, into, offset, count);
      at += count;
      return count;
    }

    @Override
    public int available() throws IOException {
      return bytes.length - at + in.available();
    }

    /** The next packet of those that come before the first message. */
    private byte[] startup() throws IOException {
      byte[] packet = Wire.readBody(in);
      int code = ByteBuffer.wrap(packet).getInt();
      if (code == Wire.SSL_REQUEST && tls.isPresent()) {
        real.getOutputStream().write('S');
        encrypt(tls.get());
        return new byte[0];
      } else if (code != Wire.SSL_REQUEST && code != Wire.GSS_REQUEST) {
        Map<String, String> parameters = Map.of();
        if (code != Wire.CANCEL_REQUEST) {
          parameters =
              Wire.startupParameters(ByteBuffer.wrap(packet, Integer.BYTES, packet.length - 4));
          checkUser(parameters.getOrDefault("user", ""));
        }
        outgoing.align();
        messages = Optional.of(new ClientMessages(faults, outgoing, parameters));
      }
      return ByteBuffer.allocate(packet.length + 4).putInt(packet.length + 4).put(packet).array();
    }

    private void encrypt(Tls wanted) throws IOException {
      SSLSocket socket =
          (SSLSocket)
              wanted
                  .context()
                  .getSocketFactory()
                  .createSocket(real, real.getInetAddress().getHostAddress(), real.getPort(), true);
      socket.setUseClientMode(false);
      socket.setWantClientAuth(true);
      socket.startHandshake();
      real = socket;
      in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
      outgoing.become(socket.getOutputStream());
    }

    private void checkUser(String user) throws IOException {
      if (tls.isEmpty()) {
        return;
      } else if (!(real instanceof SSLSocket socket)) {
        throw outgoing.refuse("08P01", "node is running secure mode, SSL connection required");
      } else {
        Optional<String> named = named(socket);
        if (named.isPresent() && !named.get().equals(user)) {
          throw outgoing.refuse(
              "28000", "certificate authentication failed for user \"" + user + "\"");
        } else if (named.isEmpty() && tls.get().needsCertificate()) {
          throw outgoing.refuse("28000", "no TLS peer certificates, but required for auth");
        }
        vouchedFor = named.isPresent();
      }
    }

    /** The user in the client's certificate; empty if there is none. */
    private static Optional<String> named(SSLSocket socket) throws IOException {
      try {
        X509Certificate shown = (X509Certificate) socket.getSession().getPeerCertificates()[0];
        return new LdapName(shown.getSubjectX500Principal().getName())
            .getRdns().stream()
                .filter(rdn -> rdn.getType().equalsIgnoreCase("CN"))
                .map(Rdn::getValue)
                .map(Object::toString)
                .findFirst();
      } catch (SSLPeerUnverifiedException none) {
        return Optional.empty();
      } catch (InvalidNameException e) {
        throw new IOException("a certificate without a readable name", e);
      }
    }
  }
}
