package dev.ondine.cli.demo.load;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import dev.ondine.cli.demo.check.ClientLine;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The customer against a real server. */
class LoadProgramTest {
  @TempDir private Path folder;
  private final ConcurrentLinkedQueue<String> seen = new ConcurrentLinkedQueue<>();
  private HttpServer server;

  @BeforeEach
  void serve() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          seen.add(exchange.getRequestURI().toString());
          var bad = exchange.getRequestURI().getPath().equals("/bad");
          var body = "hello\n".getBytes(UTF_8);
          // 0: chunked
          exchange.sendResponseHeaders(bad ? 502 : 200, bad ? body.length : 0);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void singleRequestsAreAnsweredWithWhatCameOfThem() throws IOException, InterruptedException {
    var answers =
        run(
            "{'do':'get','label':'a','url':'URL/x','times':2}",
            "{'do':'get','label':'b','url':'URL/bad','expected':404}");

    assertThat(answers.get(0)).hasSize(2);
    assertThat(answers.get(0).path(0).path("status").asInt()).isEqualTo(200);
    assertThat(answers.get(0).path(0).path("body").asText()).isEqualTo("hello\n");
    assertThat(answers.get(0).path(0).path("nanos").asLong()).isPositive();
    assertThat(answers.get(1).path(0).path("status").asInt()).isEqualTo(502);
    assertThat(seen).containsExactly("/x?id=a-1", "/x?id=a-2", "/bad?id=b-3");
    assertThat(log())
        .containsExactly(
            new ClientLine("a-1", "127.0.0.1", 200, 200),
            new ClientLine("a-2", "127.0.0.1", 200, 200),
            new ClientLine("b-3", "127.0.0.1", 502, 404));
  }

  @Test
  void everyRequestOfBurstHasAnIdAndIsCounted() throws IOException, InterruptedException {
    var answers = run("{'do':'burst','label':'balance','url':'URL/x','requests':50,'atOnce':4}");

    assertThat(answers.getFirst().path("requests").asInt()).isEqualTo(50);
    assertThat(answers.getFirst().path("failed").asInt()).isZero();
    assertThat(seen).hasSize(50).doesNotHaveDuplicates();
    assertThat(log()).hasSize(50);
  }

  @Test
  void failuresAreCountedAndNamed() throws IOException, InterruptedException {
    var answers = run("{'do':'burst','label':'x','url':'URL/bad','requests':20,'atOnce':2}");

    assertThat(answers.getFirst().path("failed").asInt()).isEqualTo(20);
    assertThat(answers.getFirst().path("failures").path(0).asText())
        .startsWith("x-")
        .endsWith(": 502 hello");
  }

  @Test
  void serverThatIsNotThereIsFailureAndNotTriedAgain() throws IOException, InterruptedException {
    var url = url();
    server.stop(0);

    var answers = runAt(url, "{'do':'get','label':'a','url':'URL/x'}");

    assertThat(answers.getFirst().path(0).path("status").asInt()).isZero();
    assertThat(answers.getFirst().path(0).path("failure").asText()).contains("ConnectException");
    assertThat(log()).hasSize(1);
  }

  @Test
  void loadStopsWithItsSum() throws IOException, InterruptedException {
    var answers =
        run(
            "{'do':'start','label':'l','url':'URL/x','perSecond':1000}",
            "{'do':'burst','label':'b','url':'URL/x','requests':100,'atOnce':1}",
            "{'do':'stop'}");

    assertThat(answers.get(2).path("requests").asInt()).isPositive();
    assertThat(answers.get(2).path("failed").asInt()).isZero();
    assertThat(log()).hasSize(answers.get(2).path("requests").asInt() + 100);
  }

  @Test
  void unknownOrdersAreNamed() throws IOException, InterruptedException {
    assertThat(run("{'do':'dance'}").getFirst().path("error").asText()).contains("dance");
  }

  private String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private List<JsonNode> run(String... orders) throws IOException, InterruptedException {
    return runAt(url(), orders);
  }

  private List<JsonNode> runAt(String url, String... orders)
      throws IOException, InterruptedException {
    var input = String.join("\n", orders).replace('\'', '"').replace("URL", url);
    var out = new StringWriter();
    LoadProgram.run(
        new ByteArrayInputStream(input.getBytes(UTF_8)),
        new PrintWriter(out),
        folder.resolve("client.log"),
        Optional.empty());
    var answers = new ArrayList<JsonNode>();
    for (var line : out.toString().lines().toList()) {
      answers.add(new ObjectMapper().readTree(line));
    }
    return answers;
  }

  private List<ClientLine> log() throws IOException {
    return Files.readAllLines(folder.resolve("client.log")).stream()
        .map(line -> ClientLine.parse(line).orElseThrow())
        .toList();
  }
}
