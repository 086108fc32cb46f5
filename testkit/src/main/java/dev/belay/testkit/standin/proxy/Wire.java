package dev.belay.testkit.standin.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Messages of PostgreSQL's frontend protocol, version 3. */
final class Wire {

  static final int SSL_REQUEST = 80877103;
  static final int GSS_REQUEST = 80877104;
  static final int CANCEL_REQUEST = 80877102;

  private static final int LONGEST = 1 << 30;

  private Wire() {}

  /** A message: its type and what follows the length. */
  record Message(char type, byte[] body) {

    static Message read(DataInputStream in) throws IOException {
      char type = (char) in.readUnsignedByte();
      return new Message(type, readBody(in));
    }

    void write(DataOutputStream out) throws IOException {
      out.writeByte(type);
      out.writeInt(body.length + 4);
      out.write(body);
    }
  }

  /** What follows a length, of a startup packet too. */
  static byte[] readBody(DataInputStream in) throws IOException {
    int length = in.readInt() - 4;
    if (length < 0 || length > LONGEST) {
      throw new IOException("not a message of PostgreSQL's protocol");
    }
    return in.readNBytes(length);
  }

  /** A simple query: one text. */
  record Query(String sql) {
    static Query of(Message message) {
      return new Query(string(ByteBuffer.wrap(message.body())));
    }

    Message message() {
      return new Message('Q', body(out -> string(out, sql)));
    }
  }

  /** Makes a prepared statement; the unnamed one has the name "". */
  record Parse(String name, String sql, List<Integer> types) {
    static Parse of(Message message) {
      ByteBuffer in = ByteBuffer.wrap(message.body());
      String name = string(in);
      String sql = string(in);
      List<Integer> types = new ArrayList<>();
      for (int left = in.getShort(); left > 0; left--) {
        types.add(in.getInt());
      }
      return new Parse(name, sql, types);
    }

    Message message() {
      return new Message(
          'P',
          body(
              out -> {
                string(out, name);
                string(out, sql);
                out.writeShort(types.size());
                for (int type : types) {
                  out.writeInt(type);
                }
              }));
    }
  }

  /** Gives a prepared statement its parameters. */
  record Bind(String portal, String statement, List<String> parameters, byte[] resultFormats) {

    /**
     * @param message with parameters in text form, or integers in binary form
     */
    static Bind of(Message message) {
      ByteBuffer in = ByteBuffer.wrap(message.body());
      String portal = string(in);
      String statement = string(in);
      short[] formats = new short[in.getShort()];
      for (int i = 0; i < formats.length; i++) {
        formats[i] = in.getShort();
      }
      List<String> parameters = new ArrayList<>();
      int count = in.getShort();
      for (int i = 0; i < count; i++) {
        boolean binary = formats.length > 0 && formats[formats.length == 1 ? 0 : i] == 1;
        parameters.add(parameter(in, binary));
      }
      byte[] rest = new byte[in.remaining()];
      in.get(rest);
      return new Bind(portal, statement, parameters, rest);
    }

    private static String parameter(ByteBuffer in, boolean binary) {
      int length = in.getInt();
      if (length < 0) {
        return "";
      }
      byte[] bytes = new byte[length];
      in.get(bytes);
      ByteBuffer value = ByteBuffer.wrap(bytes);
      return !binary
          ? new String(bytes, UTF_8)
          : switch (length) {
            case 2 -> Short.toString(value.getShort());
            case 4 -> Integer.toString(value.getInt());
            case 8 -> Long.toString(value.getLong());
            default -> new String(bytes, UTF_8);
          };
    }

    /** The unnamed statement as the unnamed portal, everything in text form. */
    static Bind plain() {
      return new Bind("", "", List.of(), new byte[2]);
    }

    /** Whether the client wants a column of the result in binary form. */
    boolean isBinaryResult(int column) {
      ByteBuffer formats = ByteBuffer.wrap(resultFormats);
      int count = formats.getShort();
      return count > 0 && formats.getShort(2 + 2 * (count == 1 ? 0 : column)) == 1;
    }

    /** The same without parameters. */
    Message messageWithoutParameters() {
      return new Message(
          'B',
          body(
              out -> {
                string(out, portal);
                string(out, statement);
                out.writeShort(0);
                out.writeShort(0);
                out.write(resultFormats);
              }));
    }
  }

  /**
   * Runs a portal.
   *
   * @param rows how many at most; 0 for all
   */
  record Execute(String portal, int rows) {
    static Execute of(Message message) {
      ByteBuffer in = ByteBuffer.wrap(message.body());
      return new Execute(string(in), in.getInt());
    }

    Message message() {
      return new Message(
          'E',
          body(
              out -> {
                string(out, portal);
                out.writeInt(rows);
              }));
    }
  }

  static Message describePortal(String name) {
    return new Message(
        'D',
        body(
            out -> {
              out.writeByte('P');
              string(out, name);
            }));
  }

  /** The portal that a Close is for; empty if it is for a prepared statement. */
  static Optional<String> closedPortal(Message close) {
    ByteBuffer in = ByteBuffer.wrap(close.body());
    return in.get() == 'P' ? Optional.of(string(in)) : Optional.empty();
  }

  /** The server's word that a portal may have more rows, whole. */
  static byte[] portalSuspended() {
    return fromServer('s', out -> {});
  }

  /** The server's word that a statement is done, whole. */
  static byte[] commandComplete(String tag) {
    return fromServer('C', out -> string(out, tag));
  }

  /** The server's word on a setting of the session, whole. */
  static byte[] parameterStatus(String name, String value) {
    return fromServer(
        'S',
        out -> {
          string(out, name);
          string(out, value);
        });
  }

  private static byte[] fromServer(char type, Writer writer) {
    byte[] body = body(writer);
    return body(
        out -> {
          out.writeByte(type);
          out.writeInt(body.length + 4);
          out.write(body);
        });
  }

  /** The main text of a notice or an error of the server. */
  static String messageText(byte[] notice) {
    ByteBuffer in = ByteBuffer.wrap(notice);
    for (byte field = in.get(); field != 0; field = in.get()) {
      String text = string(in);
      if (field == 'M') {
        return text;
      }
    }
    return "";
  }

  /** The name of the prepared statement that a Bind is for. */
  static String statementOf(Message bind) {
    ByteBuffer in = ByteBuffer.wrap(bind.body());
    string(in);
    return string(in);
  }

  /** Parameters of a startup packet, after the version. */
  static Map<String, String> startupParameters(ByteBuffer in) {
    Map<String, String> parameters = new LinkedHashMap<>();
    for (String name = string(in); !name.isEmpty(); name = string(in)) {
      parameters.put(name, string(in));
    }
    return parameters;
  }

  static byte[] startup(int version, Map<String, String> parameters) {
    return body(
        out -> {
          out.writeInt(version);
          for (Map.Entry<String, String> parameter : parameters.entrySet()) {
            string(out, parameter.getKey());
            string(out, parameter.getValue());
          }
          out.writeByte(0);
        });
  }

  private static String string(ByteBuffer in) {
    int start = in.position();
    while (in.get() != 0) {
      // to the end of the zero-terminated text
    }
    return new String(in.array(), start, in.position() - start - 1, UTF_8);
  }

  private static void string(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(UTF_8));
    out.write(0);
  }

  @FunctionalInterface
  private interface Writer {
    void writeTo(DataOutputStream out) throws IOException;
  }

  private static byte[] body(Writer writer) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      writer.writeTo(new DataOutputStream(bytes));
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return bytes.toByteArray();
  }
}
