package dev.ondine.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.ConnectException;
import java.net.ProtocolException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** The commands' end of the admin API. Every failure is a {@link CliException} that says why. */
public final class AdminClient {
  private static final Duration CONNECT = Duration.ofSeconds(3);
  private static final Duration ANSWER = Duration.ofSeconds(30);

  private final URI base;

  /**
   * @param base such as {@code http://127.0.0.1:15014}
   */
  public AdminClient(URI base) {
    this.base = base;
  }

  /** GET; the answer's JSON. */
  public JsonNode get(String path) {
    return send(HttpRequest.newBuilder(base.resolve(path)).GET());
  }

  /** PUT of a JSON body; the answer's JSON. */
  public JsonNode put(String path, String contentType, String body) {
    return send(
        HttpRequest.newBuilder(base.resolve(path))
            .header("Content-Type", contentType)
            .PUT(BodyPublishers.ofString(body)));
  }

  /** POST of a JSON body; the answer's JSON. */
  public JsonNode post(String path, String body) {
    return send(
        HttpRequest.newBuilder(base.resolve(path))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body)));
  }

  /** DELETE; the answer's JSON. */
  public JsonNode delete(String path) {
    return send(HttpRequest.newBuilder(base.resolve(path)).DELETE());
  }

  private JsonNode send(HttpRequest.Builder request) {
    try (var http = HttpClient.newBuilder().connectTimeout(CONNECT).build()) {
      var answer = http.send(request.timeout(ANSWER).build(), BodyHandlers.ofString());
      if (answer.statusCode() >= 300) {
        throw refused(answer);
      }
      return Trees.parse(answer.body());
    } catch (IOException e) {
      throw new CliException(
          ExitCode.UNREACHABLE,
          "control at "
              + base.getAuthority()
              + " cannot be reached: "
              + reason(e)
              + ". Is `ondine control` running? Another address: --server HOST:PORT or"
              + " ONDINE_SERVER");
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new CliException(ExitCode.FAILURE, "interrupted");
    }
  }

  /** The JDK's client leaves the messages of connections that were not made empty. */
  private static String reason(IOException failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof UnresolvedAddressException) {
        return "there is no such host";
      }
      if (cause instanceof ConnectException && cause.getCause() == null) {
        return "connection refused";
      }
      if (cause instanceof ProtocolException) {
        return "something listens there, but it speaks no HTTP/1.1";
      }
    }
    var message = failure.getMessage();
    return message == null || message.isBlank() ? failure.getClass().getSimpleName() : message;
  }

  private static CliException refused(HttpResponse<String> answer) {
    var errors = Trees.parse(answer.body()).path("errors");
    var text =
        StreamSupport.stream(errors.spliterator(), false)
            .map(Problems::line)
            .collect(Collectors.joining("\n"));
    var code =
        switch (answer.statusCode()) {
          case 404 -> ExitCode.NOT_FOUND;
          case 422 -> ExitCode.INVALID_DOCUMENTS;
          default -> ExitCode.FAILURE;
        };
    return new CliException(
        code, text.isEmpty() ? "control answered " + answer.statusCode() : text);
  }
}
