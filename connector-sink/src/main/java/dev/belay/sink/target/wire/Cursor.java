package dev.belay.sink.target.wire;

/** Reads a text from left to right; any step that does not fit makes all that follow fail. */
final class Cursor {
  private final String text;
  private int at;
  private boolean failed;

  Cursor(String text) {
    this.text = text;
  }

  /** A number of {@code min} to {@code max} ASCII digits; 0 after a failure. */
  int digits(int min, int max) {
    int start = at;
    int value = 0;
    while (at < text.length() && at - start < max && WireNumber.isDigit(text.charAt(at))) {
      value = value * 10 + (text.charAt(at++) - '0');
    }
    if (at - start < min) {
      failed = true;
    }
    return value;
  }

  void expect(char c) {
    if (!take(c)) {
      failed = true;
    }
  }

  boolean take(char c) {
    if (at < text.length() && text.charAt(at) == c) {
      at++;
      return true;
    }
    return false;
  }

  boolean take(String word) {
    if (text.startsWith(word, at)) {
      at += word.length();
      return true;
    }
    return false;
  }

  /** A fraction after its point, in nanoseconds; digits beyond the ninth must be zeros. */
  int fraction() {
    int value = 0;
    int count = 0;
    while (at < text.length() && WireNumber.isDigit(text.charAt(at))) {
      int digit = text.charAt(at++) - '0';
      if (count < 9) {
        value = value * 10 + digit;
      } else if (digit != 0) {
        failed = true;
      }
      count++;
    }
    if (count == 0) {
      failed = true;
    }
    for (; count < 9; count++) {
      value *= 10;
    }
    return value;
  }

  /** {@code HH:MM[:SS[.f]]} as nanoseconds, hours not bounded here. */
  long clock(int maxHourDigits) {
    long hours = digits(2, maxHourDigits);
    expect(':');
    int minutes = digits(2, 2);
    int seconds = 0;
    int nanos = 0;
    if (take(':')) {
      seconds = digits(2, 2);
      if (take('.')) {
        nanos = fraction();
      }
    }
    if (minutes > 59 || seconds > 59) {
      failed = true;
    }
    return ((hours * 60 + minutes) * 60 + seconds) * 1_000_000_000L + nanos;
  }

  /** {@code ±HH[:MM[:SS]]} after its sign, in seconds. */
  int offset(boolean east) {
    int seconds = digits(2, 2) * 3600;
    if (take(':')) {
      int minutes = digits(2, 2);
      seconds += minutes * 60;
      int rest = take(':') ? digits(2, 2) : 0;
      seconds += rest;
      if (minutes > 59 || rest > 59) {
        failed = true;
      }
    }
    return east ? seconds : -seconds;
  }

  /** Whether all of the text was read, and every step fitted. */
  boolean isDone() {
    return !failed && at == text.length();
  }
}
