package dev.belay.cli.init;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import picocli.CommandLine;

/** What came of {@code belay init}, as a person types it. */
record InitRun(int code, String text, String errors) {
  private static final JsonMapper JSON = new JsonMapper();

  static InitRun of(List<String> arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code =
        new CommandLine(new InitCommand())
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true))
            .execute(arguments.toArray(new String[0]));
    return new InitRun(code, out.toString(), err.toString());
  }

  JsonNode json() throws IOException {
    return JSON.readTree(text);
  }
}
