package dev.belay.sink.decode;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * JSON as RFC 8259 has it, read by recursion into a tree, for {@link Oracle}. Slow and plain on
 * purpose, and without the parser that the decoders use: what both get wrong no comparison finds.
 */
final class PlainJson {
  private static final Pattern NUMBER =
      Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?");

  private final String text;
  private int at;

  private PlainJson(String text) {
    this.text = text;
  }

  enum Kind {
    NULL,
    TRUE,
    FALSE,
    NUMBER,
    STRING,
    ARRAY,
    OBJECT
  }

  /** A field of an object; there may be others of its name. */
  record Field(String name, Node value) {}

  /**
   * A value.
   *
   * @param text of a string what it says, of all else how it was written
   * @param items of an array
   * @param fields of an object
   */
  record Node(Kind kind, String text, List<Node> items, List<Field> fields) {
    boolean is(Kind other) {
      return kind == other;
    }

    /** The values of all fields of this name. */
    List<Node> all(String name) {
      return fields.stream().filter(f -> f.name().equals(name)).map(Field::value).toList();
    }
  }

  /** The bytes are not what they should be. */
  static final class Refused extends Exception {
    private static final long serialVersionUID = 1;

    Refused(String reason) {
      super(reason);
    }
  }

  static Node read(byte[] bytes) throws Refused {
    PlainJson json;
    try {
      // a decoder of one's own reports what String's constructor would replace
      json =
          new PlainJson(
              StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException malformed) {
      throw new Refused("not UTF-8");
    }
    Node node = json.value(1);
    json.space();
    if (json.at < json.text.length()) {
      throw new Refused("more after the end");
    }
    return node;
  }

  private Node value(int depth) throws Refused {
    space();
    int from = at;
    char c = peek();
    if (c == '{' || c == '[') {
      if (depth > JsonWire.MAX_DEPTH) {
        throw new Refused("too deep");
      }
      List<Node> items = new ArrayList<>();
      List<Field> fields = new ArrayList<>();
      if (c == '{') {
        fields(depth, fields);
      } else {
        items(depth, items);
      }
      return new Node(c == '{' ? Kind.OBJECT : Kind.ARRAY, text.substring(from, at), items, fields);
    }
    if (c == '"') {
      return leaf(Kind.STRING, string());
    }
    if (c == '-' || (c >= '0' && c <= '9')) {
      return leaf(Kind.NUMBER, number());
    }
    for (Kind word : List.of(Kind.NULL, Kind.TRUE, Kind.FALSE)) {
      String name = word.name().toLowerCase(java.util.Locale.ROOT);
      if (text.startsWith(name, at)) {
        at += name.length();
        return leaf(word, name);
      }
    }
    throw new Refused("no value at " + at);
  }

  private static Node leaf(Kind kind, String text) {
    return new Node(kind, text, List.of(), List.of());
  }

  private void fields(int depth, List<Field> into) throws Refused {
    at++;
    space();
    if (peek() == '}') {
      at++;
      return;
    }
    while (true) {
      space();
      if (peek() != '"') {
        throw new Refused("no name at " + at);
      }
      String name = string();
      if (!StandardCharsets.UTF_8.newEncoder().canEncode(name)) {
        throw new Refused("half a character in a name");
      }
      space();
      expect(':');
      into.add(new Field(name, value(depth + 1)));
      space();
      if (peek() == '}') {
        at++;
        return;
      }
      expect(',');
    }
  }

  private void items(int depth, List<Node> into) throws Refused {
    at++;
    space();
    if (peek() == ']') {
      at++;
      return;
    }
    while (true) {
      into.add(value(depth + 1));
      space();
      if (peek() == ']') {
        at++;
        return;
      }
      expect(',');
    }
  }

  private String number() throws Refused {
    Matcher number = NUMBER.matcher(text).region(at, text.length());
    if (!number.lookingAt()) {
      throw new Refused("no number at " + at);
    }
    at = number.end();
    if (number.group().chars().filter(Character::isDigit).count() > JsonWire.MAX_NUMBER_LENGTH) {
      throw new Refused("too long a number");
    }
    return number.group();
  }

  private String string() throws Refused {
    StringBuilder said = new StringBuilder();
    at++;
    for (char c = peek(); c != '"'; c = peek()) {
      at++;
      if (c < ' ') {
        throw new Refused("a control character in a string");
      }
      said.append(c == '\\' ? escape() : c);
    }
    at++;
    return said.toString();
  }

  private char escape() throws Refused {
    char c = peek();
    at++;
    switch (c) {
      case '"', '\\', '/':
        return c;
      case 'b':
        return '\b';
      case 'f':
        return '\f';
      case 'n':
        return '\n';
      case 'r':
        return '\r';
      case 't':
        return '\t';
      case 'u':
        String hex = text.substring(at, Math.min(at + 4, text.length()));
        if (!hex.matches("[0-9a-fA-F]{4}")) {
          throw new Refused("no character by its number");
        }
        at += 4;
        return (char) Integer.parseInt(hex, 16);
      default:
        throw new Refused("an unknown escape");
    }
  }

  private void expect(char c) throws Refused {
    if (peek() != c) {
      throw new Refused("no " + c + " at " + at);
    }
    at++;
  }

  private char peek() throws Refused {
    if (at == text.length()) {
      throw new Refused("ends too early");
    }
    return text.charAt(at);
  }

  private void space() {
    while (at < text.length() && " \t\n\r".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }
}
