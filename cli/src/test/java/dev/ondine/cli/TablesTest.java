package dev.ondine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ondine.testkit.Golden;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

class TablesTest {
  @Test
  void sidecarsWithSubscriptionsAndRejections() {
    var answer =
        Trees.parse(
            """
            {"sidecars": [
              {"node": "front-0.shop", "userAgent": "ondine", "version": "0.1.0", "types": {
                "cluster": {"rejected": "cluster orders.shop.mesh.connectTimeout: -1s\\nis negative",
                  "subscriptions": [
                    {"name": "orders.shop.mesh", "status": "sent", "sent": "b", "acked": "a"},
                    {"name": "payment.shop.mesh", "status": "absent"}]},
                "endpoints": {"subscriptions": [
                    {"name": "orders.shop.mesh", "status": "sent", "sent": "c", "acked": "c"},
                    {"name": "payment.shop.mesh", "status": "absent"}]},
                "listener": {"subscriptions": [
                    {"name": "orders.shop.mesh", "status": "sent", "sent": "d"},
                    {"name": "ledger.billing.mesh", "status": "denied"}]},
                "routes": {"subscriptions": [
                    {"name": "orders.shop.mesh", "status": "pending"}]}}},
              {"node": "idle-0.shop", "userAgent": "envoy", "version": "", "types": {}}]}
            """);
    Golden.check("status-sidecars.txt", printed(answer, SidecarTable::print));
  }

  @Test
  void services() {
    var answer =
        Trees.parse(
            """
            {"services": [
              {"name": "orders", "namespace": "shop", "virtualIp": "240.240.0.1",
               "ports": [{"port": 80, "targetPort": 8080, "protocol": "http"},
                         {"port": 9090, "targetPort": 9090, "protocol": "grpc"}],
               "workloads": {"ready": 2, "lameDuck": 1}, "visibleTo": []},
              {"name": "ledger", "namespace": "billing", "ports": [],
               "workloads": {"ready": 0, "lameDuck": 0}, "visibleTo": ["audit", "shop"]}]}
            """);
    Golden.check("status-services.txt", printed(answer, StatusTables::services));
  }

  @Test
  void workloads() {
    var answer =
        Trees.parse(
            """
            {"workloads": [
              {"name": "orders-0", "namespace": "shop", "service": "orders", "address": "10.0.0.1",
               "state": "READY", "sidecar": true, "leased": true},
              {"name": "orders-1", "namespace": "shop", "service": "orders", "address": "fd00::2",
               "state": "LAME_DUCK", "sidecar": false, "leased": false}]}
            """);
    Golden.check("status-workloads.txt", printed(answer, StatusTables::workloads));
  }

  @Test
  void control() {
    var answer =
        Trees.parse(
            """
            {"version": "0.1.0", "ready": false, "uptimeSeconds": 93784, "xds": "127.0.0.1:15010",
             "store": "/var/lib/ondine/ondine.db", "watch": "/etc/ondine", "revision": 42,
             "services": 7, "workloads": 12, "sidecars": 9, "notReady": ["the disk is full"]}
            """);
    Golden.check("status-control.txt", printed(answer, StatusTables::control));
  }

  @Test
  void mtls() {
    var answer =
        Trees.parse(
            """
            {"identities": true, "window": "10m", "notAcknowledged": ["late-0.shop"], "services": [
              {"service": "orders", "namespace": "shop", "mtls": "permissive", "by": "default",
               "safe": false, "ports": [{"port": 9090, "mtls": "disabled"}],
               "workloads": {"withIdentity": ["orders-0.shop", "orders-1.shop"],
                             "withoutIdentity": ["orders-2.shop"], "behind": []},
               "proven": [{"identity": "spiffe://mesh.local/ns/shop/sa/web", "connections": 2,
                           "requests": 1200, "ageSeconds": 3}],
               "plaintext": [
                 {"address": "10.0.0.9", "names": ["cron-0.batch"], "workload": "orders-0.shop",
                  "port": 8080, "connections": 4, "requests": 9, "ageSeconds": 61, "blocks": true},
                 {"address": "10.0.0.7", "names": [], "workload": "orders-1.shop",
                  "port": 9090, "connections": 4, "requests": 0, "ageSeconds": 3600,
                  "blocks": false}],
               "blockers": ["orders-2.shop has no sidecar", "10.0.0.9 calls\\u001b[2J"]},
              {"service": "cache", "namespace": "shop", "mtls": "permissive", "by": "default",
               "safe": true, "workloads": {"withIdentity": ["cache-0.shop"], "withoutIdentity": []},
               "proven": [{"identity": "others", "connections": 2, "requests": 0}],
               "plaintext": [], "blockers": []},
              {"service": "ledger", "namespace": "bank", "mtls": "strict",
               "by": "MeshIdentity/bank/all", "safe": true,
               "workloads": {"withIdentity": ["ledger-0.bank"], "withoutIdentity": [],
                             "behind": ["ledger-0.bank"]},
               "proven": [], "plaintext": [], "blockers": []}]}
            """);
    Golden.check("mtls-status.txt", printed(answer, MtlsTables::print));
  }

  @Test
  void nothingToShowIsSaid() {
    assertThat(printed(Trees.parse("{}"), SidecarTable::print)).isEqualTo("no sidecars\n");
    assertThat(printed(Trees.parse("{}"), StatusTables::services)).isEqualTo("no services\n");
    assertThat(printed(Trees.parse("{}"), StatusTables::workloads)).isEqualTo("no workloads\n");
  }

  @Test
  void anAgeHasItsTwoLargestUnits() {
    assertThat(StatusTables.age(0)).isEqualTo("0s");
    assertThat(StatusTables.age(61)).isEqualTo("1m1s");
    assertThat(StatusTables.age(7_260)).isEqualTo("2h1m");
    assertThat(StatusTables.age(90_000)).isEqualTo("1d1h");
  }

  private static String printed(JsonNode answer, BiConsumer<JsonNode, PrintWriter> print) {
    var text = new StringWriter();
    print.accept(answer, new PrintWriter(text));
    return text.toString();
  }
}
