package dev.belay.sink.target.pgwire;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.LocalDate;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The binary form in which a type's receive function ({@code int8recv}, {@code timestamptz_recv})
 * reads an element, written from the text that is bound otherwise. The server then need not read
 * text, which is a sixth of its work for a row of ten columns. Types that are not here, and texts
 * that have no plain form here (infinities, years of five digits, BC), travel as text.
 */
public enum BinaryElement {
  INT2("int2", 21, 1005) {
    @Override
    boolean write(BinaryArray out, String text) {
      out.int16(Short.parseShort(text));
      return true;
    }
  },
  INT4("int4", 23, 1007) {
    @Override
    boolean write(BinaryArray out, String text) {
      out.int32(Integer.parseInt(text));
      return true;
    }
  },
  INT8("int8", 20, 1016) {
    @Override
    boolean write(BinaryArray out, String text) {
      out.int64(Long.parseLong(text));
      return true;
    }
  },
  FLOAT4("float4", 700, 1021) {
    @Override
    boolean write(BinaryArray out, String text) {
      out.int32(Float.floatToIntBits(Float.parseFloat(text)));
      return true;
    }
  },
  FLOAT8("float8", 701, 1022) {
    @Override
    boolean write(BinaryArray out, String text) {
      out.int64(Double.doubleToLongBits(Double.parseDouble(text)));
      return true;
    }
  },
  BOOL("bool", 16, 1000) {
    @Override
    boolean write(BinaryArray out, String text) {
      out.int8(text.equals("true") ? 1 : 0);
      return true;
    }
  },
  TEXT("text", 25, 1009) {
    @Override
    boolean write(BinaryArray out, String text) {
      out.bytes(text.getBytes(UTF_8));
      return true;
    }
  },
  VARCHAR("varchar", 1043, 1015) {
    @Override
    boolean write(BinaryArray out, String text) {
      return TEXT.write(out, text);
    }
  },
  JSONB("jsonb", 3802, 3807) {
    @Override
    boolean write(BinaryArray out, String text) {
      out.int8(1); // the version of the form, see jsonb_recv
      return TEXT.write(out, text);
    }
  },
  UUID("uuid", 2950, 2951) {
    @Override
    boolean write(BinaryArray out, String text) {
      java.util.UUID read = java.util.UUID.fromString(text);
      out.int64(read.getMostSignificantBits());
      out.int64(read.getLeastSignificantBits());
      return true;
    }
  },
  DATE("date", 1082, 1182) {
    @Override
    boolean write(BinaryArray out, String text) {
      if (text.length() != DATE_LENGTH) {
        return false;
      }
      out.int32((int) daysSince2000(text));
      return true;
    }
  },
  TIMESTAMP("timestamp", 1114, 1115) {
    @Override
    boolean write(BinaryArray out, String text) {
      return writeMicros(out, text, text.length());
    }
  },
  TIMESTAMPTZ("timestamptz", 1184, 1185) {
    @Override
    boolean write(BinaryArray out, String text) {
      return text.endsWith("+00") && writeMicros(out, text, text.length() - 3);
    }
  };

  private static final int DATE_LENGTH = "2000-01-01".length();
  private static final int SECONDS_LENGTH = "2000-01-01 00:00:00".length();
  private static final long EPOCH_DAY = LocalDate.of(2000, 1, 1).toEpochDay();
  private static final Map<String, BinaryElement> BY_SQL_NAME = new HashMap<>();

  static {
    for (BinaryElement element : values()) {
      BY_SQL_NAME.put(Identifiers.quote("pg_catalog", element.type), element);
    }
  }

  private final String type;
  private final int oid;
  private final int arrayOid;

  /**
   * @param oid of pg_type, the same in every server
   * @param arrayOid of the type's array
   */
  BinaryElement(String type, int oid, int arrayOid) {
    this.type = type;
    this.oid = oid;
    this.arrayOid = arrayOid;
  }

  /** The form of an element type by its qualified and quoted name, if it has one here. */
  public static Optional<BinaryElement> of(String sqlName) {
    return Optional.ofNullable(BY_SQL_NAME.get(sqlName));
  }

  public int oid() {
    return oid;
  }

  public int arrayOid() {
    return arrayOid;
  }

  /**
   * Writes one element.
   *
   * @param text as the column's form encodes it
   * @return false if it has to travel as text
   */
  abstract boolean write(BinaryArray out, String text);

  private static long daysSince2000(String text) {
    return LocalDate.of(digits(text, 0, 4), digits(text, 5, 7), digits(text, 8, 10)).toEpochDay()
        - EPOCH_DAY;
  }

  /**
   * @param end behind the fraction of the second
   */
  private static boolean writeMicros(BinaryArray out, String text, int end) {
    if (end < SECONDS_LENGTH
        || text.charAt(DATE_LENGTH) != ' '
        || (end > SECONDS_LENGTH && !isFraction(text, end))) {
      return false;
    }
    long seconds =
        daysSince2000(text) * 86_400
            + digits(text, 11, 13) * 3_600L
            + digits(text, 14, 16) * 60L
            + digits(text, 17, 19);
    long micros = 0;
    for (int i = 0; i < 6; i++) {
      int at = SECONDS_LENGTH + 1 + i;
      micros = micros * 10 + (at < end ? text.charAt(at) - '0' : 0);
    }
    out.int64(seconds * 1_000_000 + micros);
    return true;
  }

  /** Whether a point and at most six digits are all that is behind the seconds; an era may be. */
  private static boolean isFraction(String text, int end) {
    if (text.charAt(SECONDS_LENGTH) != '.' || end > SECONDS_LENGTH + 7) {
      return false;
    }
    for (int i = SECONDS_LENGTH + 1; i < end; i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return true;
  }

  private static int digits(String text, int from, int to) {
    int number = 0;
    for (int i = from; i < to; i++) {
      number = number * 10 + text.charAt(i) - '0';
    }
    return number;
  }
}
