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
