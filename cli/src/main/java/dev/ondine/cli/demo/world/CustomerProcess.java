package dev.ondine.cli.demo.world;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** The customer's process, which does what it is told; see {@code LoadProgram}. */
public final class CustomerProcess {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Workload workload;
  private final Path log;
  private final BufferedWriter orders;
  private final BufferedReader answers;

  CustomerProcess(Workload workload, Path log) {
    this.workload = workload;
    this.log = log;
    this.orders = workload.supervisor().outputWriter();
    this.answers = workload.supervisor().inputReader();
  }

  /** It is a workload like others. */
  public Workload workload() {
    return workload;
  }

  /** A line for each request it sent. */
  public Path log() {
    return log;
  }

  /** Tells it what to do and waits until it has. */
  public synchronized JsonNode tell(Map<String, ?> order) throws IOException, DemoException {
    orders.write(JSON.writeValueAsString(order));
    orders.newLine();
    orders.flush();
    var answer = answers.readLine();
    if (answer == null) {
      throw new DemoException("the customer has ended" + workload.lastWords());
    }
    var json = JSON.readTree(answer);
    if (json.has("error")) {
      throw new DemoException("the customer: " + json.path("error").asText());
    }
    return json;
  }
}
