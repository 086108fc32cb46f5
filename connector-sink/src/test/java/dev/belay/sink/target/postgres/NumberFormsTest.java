package dev.belay.sink.target.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.belay.sink.change.Datum;
import dev.belay.sink.failure.UnfitValueException;
import dev.belay.sink.target.pgwire.DecimalForm;
import dev.belay.sink.target.pgwire.IntegerForm;
import java.math.BigDecimal;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Numbers that are written as they mostly are go a shorter way, to the same end. */
class NumberFormsTest {
  private static final long SEED = 5;

  private static String digits(Random random, int most) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(most); i >= 0; i--) {
      text.append(random.nextInt(3) == 0 ? '0' : (char) ('0' + random.nextInt(10)));
    }
    return text.toString();
  }

  @Test
  void wholeNumbersAreWrittenInOneWay() throws Exception {
    IntegerForm form = new IntegerForm("bigint", Long.MIN_VALUE, Long.MAX_VALUE);
    Random random = new Random(SEED);
    for (int i = 0; i < 2_000; i++) {
      String text = (random.nextBoolean() ? "-" : "") + digits(random, 20);
      BigDecimal number = new BigDecimal(text);
      if (number.toBigInteger().bitLength() <= 63) {
        assertThat(form.encode(new Datum.Text(text)))
            .as("%s, seed %d", text, SEED)
            .isEqualTo(number.toBigInteger().toString());
      }
    }
  }

  @Test
  void decimalsFitIfTheirDigitsDo() {
    Random random = new Random(SEED);
    for (int i = 0; i < 5_000; i++) {
      int precision = 1 + random.nextInt(12);
      int scale = random.nextInt(precision + 1);
      String text =
          (random.nextBoolean() ? "-" : "")
              + digits(random, 9)
              + (random.nextBoolean() ? "." + digits(random, 9) : "");
      BigDecimal number = new BigDecimal(text).stripTrailingZeros();
      boolean fits =
          number.signum() == 0
              || (number.scale() <= scale
                  && number.precision() - number.scale() <= precision - scale);
      DecimalForm form = new DecimalForm("numeric", precision, scale, false);
      Throwable refused = catchThrowable(() -> form.encode(new Datum.Number(text)));
      assertThat(refused == null)
          .as("%s into numeric(%d, %d), seed %d", text, precision, scale, SEED)
          .isEqualTo(fits);
      assertThat(refused == null || refused instanceof UnfitValueException).isTrue();
    }
  }

  @Test
  void whatIsNoNumberIsRefused() {
    DecimalForm form = new DecimalForm("numeric", 0, 0, false);
    for (String text : new String[] {"", "-", ".", "1.2.3", "1-2", "1 "}) {
      assertThat(catchThrowable(() -> form.encode(new Datum.Text(text))))
          .as(text)
          .isInstanceOf(UnfitValueException.class);
    }
  }
}
