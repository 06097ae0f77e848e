package dev.ondine.proxy.telemetry;

import dev.ondine.proxy.http.BodyStream;
import dev.ondine.proxy.http.Bytes;
import dev.ondine.proxy.http.Headers;
import dev.ondine.proxy.http.HttpExchange;
import dev.ondine.proxy.http.HttpService;
import dev.ondine.proxy.http.ResponseHead;
import java.net.InetAddress;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The sidecar's admin API: pages that say how it is, and change nothing.
 *
 * <p>Only names of this machine are answered for, since a web page elsewhere can make a browser ask
 * under a name of its own (DNS rebinding).
 */
public final class AdminService implements HttpService {
  /** What a page says. */
  public record Answer(int status, String contentType, String text) {
    /** A page of JSON. */
    public static Answer json(int status, String text) {
      return new Answer(status, "application/json", text);
    }

    /** A page of text. */
    public static Answer text(int status, String text) {
      return new Answer(status, "text/plain; charset=utf-8", text);
    }
  }

  /**
   * Makes one page when it is asked for. Called on the exchange's loop, which it must not block.
   */
  @FunctionalInterface
  public interface Page {
    /** Renders the page, now or later, on any thread. */
    void render(Consumer<Answer> then);
  }

  private final Map<String, Page> pages;

  /**
   * @param pages by path
   */
  public AdminService(Map<String, Page> pages) {
    this.pages = new TreeMap<>(pages);
  }

  @Override
  public void serve(HttpExchange exchange) {
    exchange.requestBody().cancel();
    var request = exchange.request();
    var query = request.path().indexOf('?');
    var page = pages.get(query < 0 ? request.path() : request.path().substring(0, query));
    if (!isOfThisMachine(request.authority())) {
      answer(
          exchange,
          Answer.text(
              403, "the admin API answers for localhost and IP addresses only, not for a name\n"));
    } else if (page == null) {
      answer(exchange, Answer.text(404, "there are " + String.join(", ", pages.keySet()) + "\n"));
    } else if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
      answer(exchange, Answer.text(405, "only GET and HEAD\n"));
    } else {
      page.render(answer -> exchange.loop().execute(() -> answer(exchange, answer)));
    }
  }

  private static void answer(HttpExchange exchange, Answer answer) {
    if (!exchange.isOpen()) {
      return; // the client has left
    }
    var headers =
        Headers.of(
            "content-type", answer.contentType(),
            "cache-control", "no-store",
            "x-content-type-options", "nosniff");
    var head = new ResponseHead(answer.status(), headers);
    exchange.respond(
        head,
        exchange.request().method().equals("HEAD")
            ? BodyStream.empty()
            : BodyStream.of(Bytes.of(answer.text())));
  }

  private static boolean isOfThisMachine(String authority) {
    var bracket = authority.indexOf(']');
    var colon = authority.indexOf(':', Math.max(0, bracket));
    var host = colon < 0 ? authority : authority.substring(0, colon);
    if (host.equalsIgnoreCase("localhost")) {
      return true;
    }
    try {
      var _ = InetAddress.ofLiteral(bracket < 0 ? host : host.substring(1, host.length() - 1));
      return true;
    } catch (IllegalArgumentException _) {
      return false;
    }
  }
}
