package dev.ondine.it.system.hostile;

import dev.ondine.it.system.hostile.ClientSees.Fate;
import dev.ondine.testkit.http1.RawHttp1;
import dev.ondine.testkit.http1.RawHttp1.End;
import java.util.ArrayList;
import java.util.List;

/** Reads what a client gets, as far as it is expected to go. */
final class Reading {
  private static final int MOST = 200;
  private static final int CONTINUE = 100;

  private final RawHttp1 client;
  private final ClientSees expected;
  private final boolean bodiless;
  private final List<Integer> statuses = new ArrayList<>();
  private final StringBuilder text = new StringBuilder();
  private final Runnable onContinue;
  private String fate = "";

  /**
   * @param onContinue what to do when the answer is 100
   */
  Reading(RawHttp1 client, ClientSees expected, boolean bodiless, Runnable onContinue) {
    this.client = client;
    this.expected = expected;
    this.bodiless = bodiless;
    this.onContinue = onContinue;
    read();
  }

  private void read() {
    var wanted = expected.fate() == Fate.OPEN ? expected.statuses().size() : MOST;
    while (statuses.size() < wanted) {
      var answer = client.read(bodiless);
      text.append(answer.text());
      if (answer.status() == CONTINUE) {
        onContinue.run();
      }
      if (answer.status() > 0) {
        statuses.add(answer.status());
      }
      if (expected.orFailure() && answer.status() == 502) {
        return;
      }
      if (answer.end() != End.COMPLETE) {
        fate =
            switch (answer.end()) {
              case COMPLETE -> "";
              case CLOSED -> "closed";
              case BROKEN -> "aborted";
              case SILENT -> answer.status() > 0 ? "silent within an answer" : "silent";
            };
        return;
      }
    }
  }

  /** Whether the connection should still be there, as far as one can tell without using it. */
  boolean goesOn() {
    return fate.isEmpty();
  }

  /** Uses the connection once more, to see whether it is good. */
  void probe(Own own) {
    fate = own.isAnswered(client, own.target()) ? "open" : "unusable";
  }

  void check(List<String> problems) {
    expected.check(statuses, fate, text.toString(), problems);
  }
}
