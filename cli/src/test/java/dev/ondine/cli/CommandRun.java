package dev.ondine.cli;

import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;

/** One command that ran in this process: its exit code and what it printed. */
record CommandRun(int exit, String out, String err) {
  static CommandRun of(String... args) {
    return withInput("", args);
  }

  static CommandRun withInput(String input, String... args) {
    var out = new StringWriter();
    var err = new StringWriter();
    var in = new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8));
    var terminal = new Terminal(in, new PrintWriter(out, true), new PrintWriter(err, true));
    var exit = Ondine.run(terminal, args);
    return new CommandRun(exit, out.toString(), err.toString());
  }
}
