package dev.belay.sink.decode;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.belay.sink.change.Datum;
import dev.belay.sink.change.HlcTimestamp;

/**
 * Walks through one JSON text, front to back, and holds every byte of it to RFC 8259 and to strict
 * UTF-8 on the way; what was passed over was read as closely as what was asked for.
 *
 * <p>A reader of our own, since values are taken as they were written: a string without escapes, a
 * number, an object are each one copy of their bytes. The measures are in
 * docs/decisions/json-reader.md; the oracle of the tests says that it reads as others do.
 */
final class JsonCursor implements AutoCloseable {
  private enum Kind {
    NULL,
    TRUE,
    FALSE,
    INTEGER,
    DECIMAL,
    STRING,
    ARRAY,
    OBJECT
  }

  private static final byte[] NULL = "null".getBytes(UTF_8);
  private static final byte[] TRUE = "true".getBytes(UTF_8);
  private static final byte[] FALSE = "false".getBytes(UTF_8);

  private final JsonWire wire;
  private Payload payload = Payload.NONE;
  private byte[] bytes = payload.bytes();

  /** Everything before this byte is read. */
  private int at;

  /** Objects and arrays that are open here. */
  private int depth;

  /** Whether the last byte read opened an object or array. */
  private boolean isFirst;

  private Kind kind = Kind.NULL;

  /** Where the value's text lies; of a string what is between the quotes. */
  private int from;

  private int to;

  /** Whether the string is ASCII without escapes. */
  private boolean isPlain;

  private boolean hasEscapes;

  private int nameFrom;
  private int nameTo;
  private boolean nameHasEscapes;

  JsonCursor(JsonWire wire) {
    this.wire = wire;
  }

  /** Goes before the first byte of another text. */
  void open(Payload other) {
    payload = other;
    bytes = other.bytes();
    at = 0;
    depth = 0;
    isFirst = false;
  }

  /** Goes to the outermost value. */
  void next() throws UnreadableException {
    isFirst = false;
    switch (significant()) {
      case '"' -> {
        string();
        kind = Kind.STRING;
      }
      case '{' -> enter(Kind.OBJECT);
      case '[' -> enter(Kind.ARRAY);
      case 'n' -> word(NULL, Kind.NULL);
      case 't' -> word(TRUE, Kind.TRUE);
      case 'f' -> word(FALSE, Kind.FALSE);
      case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> number();
      default -> throw fault(at);
    }
  }

  /**
   * Inside an object: goes to the value of the next field, which {@link #name()} names.
   *
   * @return false at the object's end
   */
  boolean nextField() throws UnreadableException {
    if (leaves('}')) {
      return false;
    }
    if (significant() != '"') {
      throw fault(at);
    }
    string();
    nameFrom = from;
    nameTo = to;
    nameHasEscapes = hasEscapes;
    if (hasEscapes) {
      string(from, to); // refuses half a character, whether or not the name is asked for
    }
    if (significant() != ':') {
      throw fault(at);
    }
    at++;
    next();
    return true;
  }

  /**
   * Inside an array: goes to the next element.
   *
   * @return false at the array's end
   */
  boolean nextElement() throws UnreadableException {
    if (leaves(']')) {
      return false;
    }
    next();
    return true;
  }

  /** The field whose value this is; mostly the same object each time that a name comes again. */
  String name() throws UnreadableException {
    return nameHasEscapes
        ? string(nameFrom, nameTo)
        : wire.names().text(bytes, nameFrom, nameTo - nameFrom);
  }

  boolean isObject() {
    return kind == Kind.OBJECT;
  }

  boolean isArray() {
    return kind == Kind.ARRAY;
  }

  boolean isNull() {
    return kind == Kind.NULL;
  }

  boolean isString() {
    return kind == Kind.STRING;
  }

  boolean isInteger() {
    return kind == Kind.INTEGER;
  }

  /** The value here, exact; the cursor is at its end afterwards. */
  Datum datum() throws UnreadableException {
    pass();
    return Stretches.datum(bytes, from, to);
  }

  /**
   * Goes to the end of the value here, having made sure that it can be read. Its text lies between
   * {@link #start()} and {@link #end()} of {@link #source()} then, quotes and brackets included.
   */
  void pass() throws UnreadableException {
    if (kind == Kind.OBJECT || kind == Kind.ARRAY) {
      int bracket = at - 1;
      skip();
      from = bracket;
    } else if (kind == Kind.STRING) {
      if (hasEscapes) {
        string(from, to); // refuses half a character
      }
      from--;
    }
    to = at;
  }

  /** Where the value that was passed begins. */
  int start() {
    return from;
  }

  /** Behind the last byte of the value that was passed. */
  int end() {
    return to;
  }

  /** The text that is read. */
  byte[] source() {
    return bytes;
  }

  /** The string here. */
  String text() throws UnreadableException {
    // Latin-1 has ASCII for its first half, and is not looked through for more
    return isPlain ? new String(bytes, from, to - from, ISO_8859_1) : string(from, to);
  }

  /** The string here as a time; {@link HlcTimestamp#NONE} if it is none. */
  HlcTimestamp timestamp() throws UnreadableException {
    return hasEscapes
        ? HlcTimestamp.parse(text()).orElse(HlcTimestamp.NONE)
        : HlcTimestamp.read(bytes, from, to);
  }

  /** Goes to the end of the value here, by recursion, which {@link JsonWire#MAX_DEPTH} bounds. */
  void skip() throws UnreadableException {
    if (kind == Kind.OBJECT) {
      while (nextField()) {
        skip();
      }
    } else if (kind == Kind.ARRAY) {
      while (nextElement()) {
        skip();
      }
    }
  }

  /** After the outermost value: nothing may follow. */
  void finish() throws UnreadableException {
    space();
    if (at < bytes.length) {
      throw JsonFault.goesOn(payload, at);
    }
  }

  /** Lets go of the text; the cursor is used for another. */
  @Override
  public void close() {
    open(Payload.NONE);
    wire.giveBack(this);
  }

  private void enter(Kind entered) throws UnreadableException {
    if (++depth > JsonWire.MAX_DEPTH) {
      throw JsonFault.beyondWhatIsRead(payload);
    }
    kind = entered;
    isFirst = true;
    at++;
  }

  /** Passes the bracket that closes what is open here, or else the comma before what comes next. */
  private boolean leaves(char bracket) throws UnreadableException {
    byte b = significant();
    if (b == bracket) {
      depth--;
      isFirst = false;
      at++;
      return true;
    }
    if (!isFirst) {
      if (b != ',') {
        throw fault(at);
      }
      at++;
    }
    return false;
  }

  /** The next byte that is no space, unread. */
  private byte significant() throws UnreadableException {
    space();
    if (at == bytes.length) {
      throw fault(at);
    }
    return bytes[at];
  }

  private void space() {
    while (at < bytes.length && Foreign.isSpace(bytes[at])) {
      at++;
    }
  }

  private void word(byte[] word, Kind said) throws UnreadableException {
    for (int i = 0; i < word.length; i++) {
      if (at + i == bytes.length || bytes[at + i] != word[i]) {
        throw fault(at + i);
      }
    }
    from = at;
    at += word.length;
    to = at;
    kind = said;
  }

  private void number() throws UnreadableException {
    from = at;
    kind = Kind.INTEGER;
    int digits = bytes[at] == '-' ? at + 1 : at;
    int i = behindDigits(digits);
    if (bytes[digits] == '0' && i > digits + 1) {
      throw fault(digits + 1);
    }
    if (i < bytes.length && bytes[i] == '.') {
      kind = Kind.DECIMAL;
      i = behindDigits(i + 1);
    }
    if (i < bytes.length && (bytes[i] == 'e' || bytes[i] == 'E')) {
      kind = Kind.DECIMAL;
      i++;
      boolean isSigned = i < bytes.length && (bytes[i] == '+' || bytes[i] == '-');
      i = behindDigits(isSigned ? i + 1 : i);
    }
    to = i;
    at = i;
    if (to - from > JsonWire.MAX_NUMBER_LENGTH && digits() > JsonWire.MAX_NUMBER_LENGTH) {
      throw JsonFault.beyondWhatIsRead(payload);
    }
  }

  private int behindDigits(int first) throws UnreadableException {
    int i = first;
    while (i < bytes.length && isDigit(bytes[i])) {
      i++;
    }
    if (i == first) {
      throw fault(i);
    }
    return i;
  }

  private int digits() {
    int digits = 0;
    for (int i = from; i < to; i++) {
      digits += isDigit(bytes[i]) ? 1 : 0;
    }
    return digits;
  }

  private static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }

  /** Goes behind the string that begins here. */
  private void string() throws UnreadableException {
    from = at + 1;
    isPlain = true;
    hasEscapes = false;
    int i = JsonStrings.behindPlain(bytes, from);
    while (i < bytes.length && bytes[i] != '"') {
      isPlain = false;
      if (bytes[i] == '\\') {
        hasEscapes = true;
        i = behindEscape(i + 1);
      } else {
        int length = Utf8.sequence(bytes, i);
        if (length < 2) {
          // no character, or a control character
          throw fault(i);
        }
        i += length;
      }
      i = JsonStrings.behindPlain(bytes, i);
    }
    if (i == bytes.length) {
      throw fault(i);
    }
    to = i;
    at = i + 1;
  }

  /**
   * @param letter behind the backslash
   */
  private int behindEscape(int letter) throws UnreadableException {
    if (letter < bytes.length && bytes[letter] == 'u') {
      for (int i = letter + 1; i <= letter + 4; i++) {
        if (i >= bytes.length || JsonStrings.hex(bytes[i]) < 0) {
          throw fault(i);
        }
      }
      return letter + 5;
    }
    if (letter >= bytes.length || JsonStrings.escaped(bytes[letter]) < 0) {
      throw fault(letter);
    }
    return letter + 1;
  }

  /** The text between these bytes, escapes resolved. */
  private String string(int begin, int behind) throws UnreadableException {
    String text = JsonStrings.text(bytes, begin, behind);
    if (Utf8.hasLoneSurrogate(text)) {
      throw JsonFault.halfACharacter(payload);
    }
    return text;
  }

  private UnreadableException fault(int where) {
    return JsonFault.at(payload, where);
  }
}
