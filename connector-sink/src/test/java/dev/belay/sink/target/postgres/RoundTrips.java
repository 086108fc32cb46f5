package dev.belay.sink.target.postgres;

import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.SocketFactory;

/**
 * Makes sockets for the driver, which finds it by its name, and counts how often one of them has to
 * wait for the server after it has sent something. One test at a time.
 */
public final class RoundTrips extends SocketFactory {
  private static final AtomicInteger COUNT = new AtomicInteger();

  static int soFar() {
    return COUNT.get();
  }

  @Override
  public Socket createSocket() {
    return new Socket() {
      private boolean sent;

      @Override
      public InputStream getInputStream() throws IOException {
        return new FilterInputStream(super.getInputStream()) {
          @Override
          public int read(byte[] into, int from, int length) throws IOException {
            if (sent) {
              sent = false;
              COUNT.incrementAndGet();
            }
            return super.read(into, from, length);
          }
        };
      }

      @Override
      public OutputStream getOutputStream() throws IOException {
        return new FilterOutputStream(super.getOutputStream()) {
          @Override
          public void write(byte[] bytes, int from, int length) throws IOException {
            sent = true;
            out.write(bytes, from, length);
          }
        };
      }
    };
  }

  @Override
  public Socket createSocket(String host, int port) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress local, int localPort) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Socket createSocket(InetAddress host, int port) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) {
    throw new UnsupportedOperationException();
  }
}
