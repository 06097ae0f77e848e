package dev.ondine.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.stream.Collectors;

/** Control's answers about itself, services and workloads, as tables. */
final class StatusTables {
  private StatusTables() {}

  /** One line a fact. */
  static void control(JsonNode status, PrintWriter out) {
    out.println("control    " + status.path("version").asText() + ", " + readiness(status));
    out.println("up         " + age(status.path("uptimeSeconds").asLong()));
    out.println("xds        " + status.path("xds").asText());
    out.println("store      " + status.path("store").asText() + revision(status));
    if (status.has("watch")) {
      out.println("watches    " + status.path("watch").asText());
    }
    out.println("services   " + status.path("services").asLong());
    out.println("workloads  " + status.path("workloads").asLong());
    out.println("sidecars   " + status.path("sidecars").asLong());
    status.path("notReady").forEach(reason -> out.println("not ready: " + reason.asText()));
    status.path("problems").forEach(problem -> out.println("problem: " + problem.asText()));
    out.flush();
  }

  static void services(JsonNode answer, PrintWriter out) {
    var table =
        new Table(
            "SERVICE", "NAMESPACE", "PORTS", "VIRTUAL IP", "READY", "LAME DUCK", "VISIBLE TO");
    for (var service : answer.path("services")) {
      table.row(
          service.path("name").asText(),
          service.path("namespace").asText(),
          ports(service.path("ports")),
          service.path("virtualIp").asText(),
          service.path("workloads").path("ready").asInt(),
          service.path("workloads").path("lameDuck").asInt(),
          service.path("visibleTo").isEmpty() ? "all" : texts(service.path("visibleTo")));
    }
    table.print(out, "no services");
  }

  static void workloads(JsonNode answer, PrintWriter out) {
    var table =
        new Table("WORKLOAD", "NAMESPACE", "SERVICE", "ADDRESS", "STATE", "SIDECAR", "LEASED");
    for (var workload : answer.path("workloads")) {
      table.row(
          workload.path("name").asText(),
          workload.path("namespace").asText(),
          workload.path("service").asText(),
          workload.path("address").asText(),
          workload.path("state").asText(),
          yes(workload.path("sidecar")),
          yes(workload.path("leased")));
    }
    table.print(out, "no workloads");
  }

  private static String readiness(JsonNode status) {
    return status.path("ready").asBoolean() ? "ready" : "not ready";
  }

  private static String revision(JsonNode status) {
    return ", revision " + status.path("revision").asLong();
  }

  /** {@code 80/http,9090:9191/grpc}. */
  private static String ports(JsonNode ports) {
    return ports
        .valueStream()
        .map(
            port -> {
              var target = port.path("targetPort").asInt();
              var number = port.path("port").asInt();
              var both = number == target ? "" + number : number + ":" + target;
              return both + "/" + port.path("protocol").asText();
            })
        .collect(Collectors.joining(","));
  }

  private static String texts(JsonNode array) {
    return array.valueStream().map(JsonNode::asText).collect(Collectors.joining(","));
  }

  private static String yes(JsonNode flag) {
    return flag.asBoolean() ? "yes" : "no";
  }

  /** {@code 1d2h}, {@code 3m20s}: the two largest units. */
  static String age(long seconds) {
    var age = Duration.ofSeconds(seconds);
    if (age.toDays() > 0) {
      return age.toDays() + "d" + age.toHoursPart() + "h";
    }
    if (age.toHours() > 0) {
      return age.toHours() + "h" + age.toMinutesPart() + "m";
    }
    return age.toMinutes() > 0
        ? age.toMinutes() + "m" + age.toSecondsPart() + "s"
        : age.toSeconds() + "s";
  }
}
