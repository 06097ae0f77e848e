package dev.ondine.control.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ondine.model.AppProtocol;
import dev.ondine.model.Cluster.Balancing;
import dev.ondine.model.InboundSecurity;
import dev.ondine.model.InboundSecurity.Mtls;
import dev.ondine.model.Locality;
import dev.ondine.model.ServicePort;
import dev.ondine.testkit.Golden;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DocumentReaderTest {
  private static final String ORDERS =
      """
      apiVersion: mesh.ondine.dev/v1
      kind: Service
      metadata: {name: orders, namespace: shop}
      spec: {ports: [{port: 80}]}
      """;

  @Test
  void everyKindWithAllItsFields() {
    var documents =
        read(
            """
            # a comment
            apiVersion: mesh.ondine.dev/v1
            kind: Service
            metadata:
              name: orders
              namespace: shop
              labels: {tier: backend, "8": "1"}
            spec:
              ports:
              - {name: http, port: 80, targetPort: 8080, protocol: http}
              - {port: 9090, protocol: GRPC}
              visibleTo: [billing, audit]
            ---
            apiVersion: mesh.ondine.dev/v1
            kind: Workload
            metadata: {name: orders-7, namespace: shop}
            spec: {service: orders, address: "fd00::7", sidecar: true, serviceAccount: shopkeeper,
              region: north, zone: north-1, weight: 3, ports: [{port: 80, targetPort: 8081}]}
            ---
            apiVersion: mesh.ondine.dev/v1
            kind: TrafficPolicy
            metadata: {name: orders, namespace: shop}
            spec:
              targetRef: {kind: Service, name: orders}
              balancing: roundRobin
              requestTimeout: 1m30s
              connectTimeout: 250ms
              maxRequestBodyBytes: 1048576
            ---
            apiVersion: mesh.ondine.dev/v1
            kind: DiscoveryPolicy
            metadata: {name: patient}
            spec: {maxWait: 10s, warmNames: 64, heldBytes: 1048576, revealDenied: false, onUnknown: deny}
            ---
            apiVersion: mesh.ondine.dev/v1
            kind: MeshSettings
            metadata: {name: mesh}
            spec: {outsideNames: deny, mtls: disabled}
            ---
            apiVersion: mesh.ondine.dev/v1
            kind: MeshIdentity
            metadata: {name: orders, namespace: shop}
            spec:
              targetRef: {kind: Service, name: orders}
              mtls: strict
              ports: [{port: 9100, mtls: permissive}]
              probes: [{port: 8080, path: /healthz}, {port: 8080, path: /ready}]
            ---
            """);

    assertThat(documents).extracting(SourcedDocument::line).containsExactly(2, 14, 20, 30, 35, 40);
    var shop = Map.of("tier", "backend", "8", "1");
    assertThat(documents.stream().map(SourcedDocument::document).limit(3).toList())
        .containsExactly(
            new ServiceDocument(
                new Metadata("orders", "shop", shop),
                List.of(
                    new ServicePort("http", 80, 8080, AppProtocol.HTTP),
                    new ServicePort("port-9090", 9090, 9090, AppProtocol.GRPC)),
                List.of("billing", "audit")),
            new WorkloadDocument(
                new Metadata("orders-7", "shop", Map.of()),
                "orders",
                "fd00::7",
                List.of(new ServicePort("port-80", 80, 8081, AppProtocol.AUTO)),
                true,
                false,
                "shopkeeper",
                new Locality("north", "north-1", ""),
                3),
            new TrafficPolicy(
                new Metadata("orders", "shop", Map.of()),
                "orders",
                Optional.of(Balancing.ROUND_ROBIN),
                Optional.of(Duration.ofSeconds(90)),
                Optional.of(Duration.ofMillis(250)),
                Optional.of(1_048_576L)));
    var discovery = (DiscoveryPolicy) documents.get(3).document();
    assertThat(discovery.metadata()).isEqualTo(new Metadata("patient", "default", Map.of()));
    assertThat(discovery.settings().maxWait()).isEqualTo(Duration.ofSeconds(10));
    assertThat(discovery.settings().warmNames()).isEqualTo(64);
    assertThat(discovery.settings().heldBytes()).isEqualTo(1 << 20);
    assertThat(discovery.settings().revealDenied()).isFalse();
    assertThat(discovery.settings().onUnknown()).isEqualTo(DiscoveryPolicy.OnUnknown.DENY);
    assertThat(discovery.settings().namesInFlight()).isEqualTo(1_024);
    assertThat(documents.get(4).document())
        .isEqualTo(
            new MeshSettings(
                new Metadata("mesh", "", Map.of()), MeshSettings.OutsideNames.DENY, Mtls.DISABLED));
    assertThat(documents.get(5).document())
        .isEqualTo(
            new MeshIdentity(
                new Metadata("orders", "shop", Map.of()),
                Optional.of("orders"),
                new InboundSecurity(
                    Mtls.STRICT,
                    Map.of(9100, Mtls.PERMISSIVE),
                    Map.of(8080, Set.of("/healthz", "/ready")))));
  }

  @Test
  void whatWasReadIsTheSameWhenItsJsonIsReadAgain() {
    for (var document : read(ORDERS + "---\n" + ORDERS.replace("orders", "ledger"))) {
      var again = read(document.json());
      assertThat(again).hasSize(1);
      assertThat(again.getFirst().document()).isEqualTo(document.document());
      assertThat(again.getFirst().json()).isEqualTo(document.json()).doesNotContain("\n");
    }
  }

  @Test
  void jsonMayBeOneDocumentOrAListAndKnowsItsLines() {
    var one =
        "{\"apiVersion\":\"mesh.ondine.dev/v1\",\"kind\":\"MeshSettings\",\n"
            + "\t\"metadata\":{\"name\":\"mesh\"}}";
    assertThat(read(one)).hasSize(1);
    assertThat(read("\n[" + one + "]")).extracting(SourcedDocument::line).containsExactly(2);
    assertThat(faults(one.replace("\"mesh\"}", "\"mesh\",\n\"labels\":{\"a\":1}}")))
        .isEqualTo(
            "shop.yaml:3: metadata.labels.a: '1' is a number, not text (allowed: text; in"
                + " quotes where it looks like something else)");
    assertThat(faults("{\"apiVersion\":\n \"x\"")).startsWith("shop.yaml:2: not JSON: ");
  }

  @Test
  void everyFaultIsToldAtOnceWithLinePathValueAndWhatIsAllowed() {
    Golden.check(
        "policy/faults.txt",
        faults(
                """
                apiVersion: mesh.ondine.dev/v1
                kind: Service
                metadata:
                  name: Orders
                  namespace: shop
                  label: {tier: backend}
                  labels: {tier: 7, canary: true}
                spec:
                  ports:
                  - {port: 80, protocol: htpp}
                  - {port: 80000}
                  - {port: http, targetport: 8080}
                  - {name: Web_1, port: 010}
                  - {port: 443}
                  - {port: 443}
                  - {name: port-443, port: 444}
                  - 81
                  - {targetPort: 1}
                  visibleTo: [billing, 7, "?", {a: b}]
                ---
                apiVersion: mesh.ondine.dev/v2
                kind: TraficPolicy
                metadata: {name: orders}
                spec: {}
                ---
                apiVersion: mesh.ondine.dev/v1
                kind: TrafficPolicy
                metadata: {namespace: shop}
                spec:
                  targetRef: {kind: Pod, name: orders, group: apps}
                  balancing: fastest
                  requestTimeout: 10
                  connectTimeout: 0s
                  retries: 3
                ---
                apiVersion: mesh.ondine.dev/v1
                kind: Workload
                metadata: {name: orders-7}
                spec: {address: orders.example, sidecar: "yes", weight: 0, ports: {port: 80}}
                ---
                kind: DiscoveryPolicy
                metadata: {name: d}
                spec:
                  maxWait: 5 s
                  maxWait: 5s
                  warmNames: 1.5
                  demandBurst: ~
                ---
                apiVersion: mesh.ondine.dev/v1
                kind: MeshSettings
                metadata: {name: global, namespace: shop}
                ---
                apiVersion: mesh.ondine.dev/v1
                kind: Service
                metadata: {name: a}
                ---
                just text
                ---
                apiVersion: mesh.ondine.dev/v1
                kind: Service
                metadata: []
                spec: []
                """)
            + "\n");
  }

  @Test
  void aDocumentIsNotThereTwice() {
    assertThat(faults(ORDERS + "---\n" + ORDERS))
        .isEqualTo(
            "shop.yaml:6: metadata.name: Service/shop/orders is there twice, first in line 1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "  \n", "# nothing", "---\n---\n", "null", "[]"})
  void noDocumentIsAFault(String text) {
    assertThat(faults(text))
        .isEqualTo("shop.yaml: there is no document in it (allowed: one document or more)");
  }

  @Test
  void whatIsNotYamlIsToldByItsLineAndTheDocumentsBeforeAreStillLookedAt() {
    assertThat(faults(ORDERS.replace("80", "x") + "---\na: [b\n---\n"))
        .contains("shop.yaml:4: spec.ports[0].port: 'x' is text, not a number")
        .contains("shop.yaml:7: not YAML: ");
    assertThat(faults(ORDERS + "a: \u0007")).contains("shop.yaml:5: not YAML: character U+0007");
    assertThat(faults("a: !!java.util.Date 2020-01-01")).contains("tag is not allowed");
    assertThat(faults("a: !mine 1")).contains("shop.yaml:1: tags such as '!mine' are not allowed");
    assertThat(faults("a: b: c")).contains("shop.yaml:1: not YAML: ");
  }

  @Test
  void aSmallTextDoesNotBecomeALargeOne() {
    var bomb = new StringBuilder("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
    for (var i = 1; i < 9; i++) {
      var alias = "*a" + (i - 1);
      bomb.append(
          "a%d: &a%d [%s]\n"
              .formatted(i, i, String.join(",", List.of(alias, alias, alias, alias, alias))));
    }
    assertThat(faults(bomb.toString())).contains("more than 200000 values, aliases resolved");
    assertThat(faults("a: &a [*a]")).contains("nested more than 32 deep");
    assertThat(faults("a: " + "[".repeat(10_000))).contains("not YAML: ");
    assertThat(faults("[[\"" + "\",[\"".repeat(10_000))).contains("not JSON: ");
    assertThat(faults("x".repeat(DocumentReader.MAX_CHARACTERS + 1))).contains("at most 4194304");
    assertThat(
            faults(ORDERS.replace("}\nspec", ", labels: {a: " + "x".repeat(300_000) + "}}\nspec")))
        .contains("the document has 300")
        .contains("at most 262144");
    var many = ORDERS.replace("port: 80", "port: x");
    assertThat(faults((many + "---\n").repeat(500)).lines()).hasSize(Faults.MAX);
  }

  /** Whatever is cut off, doubled or changed: documents, or faults, never anything else. */
  @Test
  void noTextMakesTheReaderFail() {
    var random = new Random(7);
    var text = ORDERS + "---\n" + ORDERS.replace("orders", "ledger");
    for (var i = 0; i < 1_500; i++) {
      var changed = new StringBuilder(text);
      for (var change = random.nextInt(4); change >= 0; change--) {
        var at = random.nextInt(changed.length());
        switch (random.nextInt(3)) {
          case 0 -> changed.deleteCharAt(at);
          case 1 -> changed.setCharAt(at, (char) random.nextInt(128));
          default -> changed.insert(at, "[]{}:-,&*!\"'\n~|>#".charAt(random.nextInt(17)));
        }
      }
      try {
        assertThat(read(changed.toString())).isNotEmpty();
      } catch (InvalidDocumentsException e) {
        assertThat(e.problems()).isNotEmpty().allMatch(p -> !p.message().isEmpty());
      }
    }
  }

  private static List<SourcedDocument> read(String text) {
    return new DocumentReader().read("shop.yaml", text);
  }

  private static String faults(String text) {
    var refused = catchThrowableOfType(InvalidDocumentsException.class, () -> read(text));
    assertThat(refused).as("refused").isNotNull();
    return refused.problems().stream().map(Problem::toString).collect(Collectors.joining("\n"));
  }
}
