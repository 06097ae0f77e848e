package dev.ondine.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What each sidecar subscribes to: a row for each name, a column for each type of resource. */
final class SidecarTable {
  private static final List<String> TYPES = List.of("cluster", "endpoints", "listener", "routes");

  private SidecarTable() {}

  static void print(JsonNode answer, PrintWriter out) {
    var table =
        new Table("SIDECAR", "CLIENT", "NAME", "CLUSTER", "ENDPOINTS", "LISTENER", "ROUTES");
    for (var sidecar : answer.path("sidecars")) {
      var names = names(sidecar);
      if (names.isEmpty()) {
        table.row(node(sidecar), client(sidecar), "", "", "", "", "");
      }
      for (var name : names) {
        table.row(
            node(sidecar),
            client(sidecar),
            name,
            state(sidecar, "cluster", name),
            state(sidecar, "endpoints", name),
            state(sidecar, "listener", name),
            state(sidecar, "routes", name));
      }
    }
    table.print(out, "no sidecars");
    answer.path("sidecars").forEach(sidecar -> rejections(sidecar, out));
    out.flush();
  }

  private static Set<String> names(JsonNode sidecar) {
    var names = new TreeSet<String>();
    for (var type : sidecar.path("types")) {
      type.path("subscriptions").forEach(s -> names.add(s.path("name").asText()));
    }
    return names;
  }

  /** A sidecar that has asked for nothing yet has not said who it is: its address has to do. */
  private static String node(JsonNode sidecar) {
    return sidecar.has("node") ? sidecar.path("node").asText() : sidecar.path("peer").asText();
  }

  private static String client(JsonNode sidecar) {
    return (sidecar.path("userAgent").asText() + " " + sidecar.path("version").asText()).strip();
  }

  /** {@code acked}, or how far the client is behind; empty where it did not ask. */
  private static String state(JsonNode sidecar, String typeName, String name) {
    var type = sidecar.path("types").path(typeName);
    for (var subscription : type.path("subscriptions")) {
      if (subscription.path("name").asText().equals(name)) {
        var status = subscription.path("status").asText();
        if (!status.equals("sent")) {
          return status;
        }
        return subscription.path("sent").equals(subscription.path("acked"))
            ? "acked"
            : type.has("rejected") ? "rejected" : "sent";
      }
    }
    return "";
  }

  private static void rejections(JsonNode sidecar, PrintWriter out) {
    for (var type : TYPES) {
      var reason = sidecar.path("types").path(type).path("rejected");
      if (!reason.isMissingNode()) {
        out.println(
            Table.text(
                sidecar.path("node").asText() + " rejected " + type + ": " + reason.asText()));
      }
    }
  }
}
