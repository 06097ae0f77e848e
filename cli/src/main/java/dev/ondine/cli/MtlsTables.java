package dev.ondine.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.stream.Collectors;

/** Control's answer about who calls whom in the clear, as tables. */
final class MtlsTables {
  private MtlsTables() {}

  static void print(JsonNode answer, PrintWriter out) {
    if (!answer.path("identities").asBoolean()) {
      out.println("control gives out no identities (--identity is off)");
    }
    services(answer, out);
    var services = answer.path("services");
    if (services.valueStream().anyMatch(one -> !one.path("proven").isEmpty())) {
      out.println();
      proven(services, out);
    }
    if (services.valueStream().anyMatch(one -> !one.path("plaintext").isEmpty())) {
      out.println();
      plaintext(services, out);
    }
    reasons(answer, out);
    out.flush();
  }

  private static void services(JsonNode answer, PrintWriter out) {
    var table =
        new Table(
            "SERVICE",
            "NAMESPACE",
            "MTLS",
            "BY",
            "IDENTITY",
            "BY MUTUAL TLS",
            "IN THE CLEAR",
            "STRICT");
    for (var one : answer.path("services")) {
      var workloads = one.path("workloads");
      var with = workloads.path("withIdentity").size();
      var all = with + workloads.path("withoutIdentity").size();
      table.row(
          one.path("service").asText(),
          one.path("namespace").asText(),
          mode(one),
          one.path("by").asText(),
          with + " of " + all,
          callers(one.path("proven")),
          callers(one.path("plaintext")),
          strict(one));
    }
    table.print(out, "no services");
  }

  /** {@code strict, 9090 permissive}. */
  private static String mode(JsonNode one) {
    return one.path("mtls").asText()
        + one.path("ports")
            .valueStream()
            .map(port -> ", " + port.path("port").asInt() + " " + port.path("mtls").asText())
            .collect(Collectors.joining());
  }

  private static String callers(JsonNode callers) {
    if (callers.isEmpty()) {
      return "nobody";
    }
    var requests = callers.valueStream().mapToLong(one -> one.path("requests").asLong()).sum();
    var connections =
        callers.valueStream().mapToLong(one -> one.path("connections").asLong()).sum();
    return callers.size()
        + (callers.size() == 1 ? " caller, " : " callers, ")
        + (requests > 0 ? requests + " requests" : connections + " connections");
  }

  private static String strict(JsonNode one) {
    if (one.path("mtls").asText().equals("strict")) {
      var behind = one.path("workloads").path("behind").size();
      return behind == 0 ? "in force" : "not yet at " + behind + " sidecars";
    }
    return one.path("safe").asBoolean() ? "safe" : "not safe";
  }

  private static void proven(JsonNode services, PrintWriter out) {
    var table = new Table("BY MUTUAL TLS", "TO", "CONNECTIONS", "REQUESTS", "LAST SEEN");
    for (var service : services) {
      for (var one : service.path("proven")) {
        table.row(
            one.path("identity").asText(),
            service.path("service").asText() + "." + service.path("namespace").asText(),
            one.path("connections").asLong(),
            one.path("requests").asLong(),
            StatusTables.age(one.path("ageSeconds").asLong()) + " ago");
      }
    }
    table.print(out, "");
  }

  private static void plaintext(JsonNode services, PrintWriter out) {
    var table =
        new Table("IN THE CLEAR", "WHO", "TO", "PORT", "CONNECTIONS", "REQUESTS", "LAST SEEN");
    for (var service : services) {
      for (var one : service.path("plaintext")) {
        table.row(
            one.path("address").asText(),
            one.path("names").valueStream().map(JsonNode::asText).collect(Collectors.joining(",")),
            one.path("workload").asText(),
            one.path("port").asInt(),
            one.path("connections").asLong(),
            one.path("requests").asLong(),
            StatusTables.age(one.path("ageSeconds").asLong()) + " ago");
      }
    }
    table.print(out, "");
  }

  private static void reasons(JsonNode answer, PrintWriter out) {
    answer
        .path("notAcknowledged")
        .forEach(
            one ->
                out.println(
                    "not ready: "
                        + Table.text(one.asText())
                        + " has not acknowledged the newest trust bundle"));
    for (var service : answer.path("services")) {
      service
          .path("blockers")
          .forEach(
              one ->
                  out.println(
                      "not safe: "
                          + service.path("service").asText()
                          + "."
                          + service.path("namespace").asText()
                          + ": "
                          + Table.text(one.asText())));
    }
  }
}
