package dev.ondine.it.system.differential;

import java.util.List;
import java.util.SplittableRandom;

/** Requests of every shape, with up to three changes each; the same seed makes the same ones. */
@SuppressWarnings("StringConcatToTextBlock") // a text block does not show its line ends
final class Mutations {
  /**
   * What one connection sends.
   *
   * @param text its bytes, each as the character of that number
   * @param requests {@code METHOD TARGET} of each request in it if nothing was changed, else empty:
   *     who knows what it should be then
   */
  record Input(String text, List<String> requests) {}

  /** A body that looks like a request; one that takes it for one is smuggled to. */
  private static final String HIDDEN = "GET /hidden-ID HTTP/1.1\r\nHost: HOST\r\n\r\n";

  /**
   * A request, or several on one connection, without a fault.
   *
   * @param requests {@code METHOD TARGET} of each, as an origin must read it
   */
  private record Template(String text, List<String> requests) {}

  private static final List<Template> TEMPLATES =
      List.of(
          request("GET /ID HTTP/1.1\r\nHost: HOST\r\nAccept: */*\r\n\r\n", "GET /ID"),
          request(
              "GET /ID?a=b&c=%20 HTTP/1.1\r\n"
                  + "Host: HOST\r\n"
                  + "Connection: keep-alive, x-drop\r\n"
                  + "x-drop: 1\r\n\r\n",
              "GET /ID?a=b&c=%20"),
          request("HEAD /ID HTTP/1.1\r\nHost: HOST\r\n\r\n", "HEAD /ID"),
          request(
              "POST /ID HTTP/1.1\r\nHost: HOST\r\nContent-Length: 11\r\n\r\nhello=world",
              "POST /ID"),
          request(
              "POST /ID HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n\r\n"
                  + "5\r\nhello\r\n6;x=y\r\n=world\r\n0\r\n\r\n",
              "POST /ID"),
          request(
              "PUT /ID HTTP/1.1\r\n"
                  + "Host: HOST\r\n"
                  + "Transfer-Encoding: chunked\r\n"
                  + "Trailer: x-sum\r\n\r\n"
                  + "a\r\n0123456789\r\n0\r\nx-sum: 1\r\n\r\n",
              "PUT /ID"),
          request("DELETE /ID HTTP/1.1\r\nHost: HOST\r\nContent-Length: 0\r\n\r\n", "DELETE /ID"),
          request("OPTIONS /ID HTTP/1.1\r\nHost: HOST\r\nTE: trailers\r\n\r\n", "OPTIONS /ID"),
          request(
              "POST /ID HTTP/1.1\r\nHost: HOST\r\nContent-Length: LENGTH\r\n\r\n" + HIDDEN,
              "POST /ID"),
          request(
              "GET /ID-1 HTTP/1.1\r\nHost: HOST\r\n\r\nGET /ID-2 HTTP/1.1\r\nHost: HOST\r\n\r\n"
                  + "POST /ID-3 HTTP/1.1\r\nHost: HOST\r\nContent-Length: 2\r\n\r\nok",
              "GET /ID-1",
              "GET /ID-2",
              "POST /ID-3"));

  private static final List<String> PIECES =
      List.of(
          "\r\n",
          "\n",
          "\r",
          " ",
          "\t",
          "\0",
          ":",
          ";",
          ",",
          "0",
          "x",
          "-1",
          "+5",
          "0x5",
          "\u000b",
          "Content-Length: 5\r\n",
          "Content-Length: 0\r\n",
          "Transfer-Encoding: chunked\r\n",
          "Transfer-Encoding: identity\r\n",
          "transfer-encoding:\tchunked\r\n",
          "Transfer-Encoding : chunked\r\n",
          "X-Long: " + "y".repeat(300) + "\r\n",
          " folded\r\n",
          "Connection: close\r\n",
          "Connection: content-length\r\n",
          "Expect: 100-continue\r\n",
          "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\nConnection: Upgrade, HTTP2-Settings\r\n",
          "0\r\n\r\n",
          "GET /smuggled HTTP/1.1\r\nHost: HOST\r\n\r\n",
          "/../",
          "%2f",
          "%00",
          "//",
          " HTTP/1.1");

  private final SplittableRandom random;
  private final String host;
  private int made;

  Mutations(long seed, String host) {
    this.random = new SplittableRandom(seed);
    this.host = host + ".default.mesh:8080";
  }

  /** The next input, for a connection of its own; its targets hold a name that no other has. */
  synchronized Input next() {
    var template = TEMPLATES.get(random.nextInt(TEMPLATES.size()));
    var changes = random.nextInt(4);
    // By its first letter no change of another's digits makes the name of an intact one.
    var id = (changes == 0 ? "i" : "r") + made++;
    var length = filled(HIDDEN, id).length();
    var text = new StringBuilder(template.text().replace("LENGTH", Integer.toString(length)));
    for (var left = changes; left > 0; left--) {
      change(text);
    }
    var requests =
        changes == 0
            ? template.requests().stream().map(line -> filled(line, id)).toList()
            : List.<String>of();
    return new Input(filled(text.toString(), id), requests);
  }

  private static Template request(String text, String... requests) {
    return new Template(text, List.of(requests));
  }

  private String filled(String text, String id) {
    return text.replace("HOST", host).replace("ID", id);
  }

  private void change(StringBuilder text) {
    var at = random.nextInt(text.length() + 1);
    var piece = PIECES.get(random.nextInt(PIECES.size()));
    switch (random.nextInt(6)) {
      case 0 -> text.insert(at, piece);
      case 1 -> text.insert(afterLine(text, at), piece);
      case 2 -> text.delete(at, Math.min(text.length(), at + 1 + random.nextInt(3)));
      case 3 -> {
        var end = Math.min(text.length(), at + 1 + random.nextInt(20));
        text.insert(end, text.substring(at, end));
      }
      case 4 -> {
        if (at < text.length()) {
          text.setCharAt(at, (char) random.nextInt(256));
        }
      }
      default -> {
        var start = afterLine(text, at);
        var end = afterLine(text, start);
        text.insert(end, text.substring(start, end)); // a line twice
      }
    }
  }

  private static int afterLine(StringBuilder text, int from) {
    var end = text.indexOf("\r\n", from);
    return end < 0 ? text.length() : end + 2;
  }
}
