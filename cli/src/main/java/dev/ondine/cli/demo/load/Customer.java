package dev.ondine.cli.demo.load;

import java.net.InetAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** Sends requests that each have an id, and logs them. Safe for use by many threads. */
final class Customer {
  private final HttpClient http;
  private final RequestLog log;
  private final AtomicInteger count = new AtomicInteger();

  Customer(HttpClient http, RequestLog log) {
    this.http = http;
    this.log = log;
  }

  /**
   * One request over a connection of its own.
   *
   * @param expected the status that is right
   * @param address to ask instead of what the name means
   */
  Answer once(String label, String url, int expected, Optional<InetAddress> address) {
    var id = nextId(label);
    var target = target(url, id);
    var answer = address.isPresent() ? http.once(target, address) : http.once(target);
    log.add(id, target.getHost(), answer, expected);
    return answer;
  }

  /** One request over a kept connection. */
  void again(String label, String url, Tally tally) {
    var id = nextId(label);
    var target = target(url, id);
    var answer = http.again(target);
    log.add(id, target.getHost(), answer, 200);
    tally.add(id, answer);
  }

  /** For each URL the first request and the one after it. */
  List<List<Answer>> pairs(String label, List<String> urls) {
    var pairs = new ArrayList<List<Answer>>();
    for (var url : urls) {
      var first = once(label, url, 200, Optional.empty());
      pairs.add(List.of(first, once(label, url, 200, Optional.empty())));
    }
    return pairs;
  }

  private String nextId(String label) {
    return label + "-" + count.incrementAndGet();
  }

  private static URI target(String url, String id) {
    return URI.create(url + "?id=" + id);
  }
}
