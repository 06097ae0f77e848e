package dev.ondine.it.system.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A line that is no case says where it is and what is wrong with it. */
class DataFormatTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      value = {
        "T1 | a | 400 closed | nothing | x # is not T and two digits",
        "T01 sideways | a | 400 closed | nothing | x # is not T and two digits",
        "T01 | a | 400 closed | nothing # has 4 columns",
        "T01 | a | 400 | nothing | x # lacks what becomes of the connection",
        "T01 | a | 600 closed | nothing | x # is neither a status nor open, closed, aborted",
        "T01 | a | 400 closed with x | nothing | x # is not quoted",
        "T01 | a | 400 closed | something | x # is neither nothing nor a number nor aborted",
        "T01 | a | 400 closed | 2 apples | x # is not request or requests",
        "T01 | a | 400 closed | nothing | \\q # unknown escape",
        "T01 | a | 400 closed | nothing | \\x4 # without two hexadecimal digits",
        "T01 | a | 400 closed | nothing | {a*3 # without '}'",
        "T01 | a | 400 closed | nothing | {what} # is neither {host} nor",
      })
  void badLineOfHttp1(String line, String problem) {
    assertThatThrownBy(
            () -> Line.parse("f.txt", List.of("# comment", "", line), 4, RequestCase::parse))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith("f.txt:3: ")
        .hasMessageContaining(problem.strip());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      value = {
        "T17 | a | 1=WRONG open | nothing | PING() # is neither a status nor an error code",
        "T17 | a | 1=200 maybe | nothing | PING() # open, closed",
        "T17 | a | open | nothing | PONG() # unknown frame 'PONG'",
        "T17 | a | open | nothing | PING()*x # is not *COUNT",
        "T17 | a | open | nothing | PING(1) # is too much for PING",
        "T17 | a | open | nothing | RST_STREAM(1) # lacks its error code",
        "T17 | a | open | nothing | DATA(one, x) # as stream is no number",
        "T17 | a | open | nothing | GET(1, /, x) # is not NAME=VALUE",
      })
  void badLineOfHttp2(String line, String problem) {
    assertThatThrownBy(() -> Line.parse("f.txt", List.of(line), 4, FrameCase::parse))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith("f.txt:1: ")
        .hasMessageContaining(problem.strip());
  }

  @Test
  void everyFileIsWellFormed() {
    assertThat(RequestCase.all()).hasSizeGreaterThan(250);
    assertThat(AnswerCase.all()).hasSizeGreaterThan(80);
    assertThat(FrameCase.all()).hasSizeGreaterThan(100);
  }
}
