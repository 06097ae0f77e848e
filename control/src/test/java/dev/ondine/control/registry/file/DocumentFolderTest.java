package dev.ondine.control.registry.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ondine.base.metrics.PrometheusMetrics;
import dev.ondine.control.policy.DocumentReader;
import dev.ondine.control.registry.RegistrySettings;
import dev.ondine.control.registry.ServiceKey;
import dev.ondine.control.registry.StoredRegistry;
import dev.ondine.control.store.SqliteStore;
import dev.ondine.testkit.ManualClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class DocumentFolderTest {
  private static final FolderSettings SETTINGS = FolderSettings.DEFAULTS;

  private final Path watched;
  private final ManualClock clock = new ManualClock();
  private final AtomicLong modified = new AtomicLong(1_000_000);
  private final SqliteStore store;
  private final StoredRegistry registry;
  private DocumentFolder folder;

  DocumentFolderTest(@TempDir Path temporary) throws IOException {
    watched = Files.createDirectory(temporary.resolve("watched"));
    var metrics = new PrometheusMetrics();
    store =
        SqliteStore.open(
            temporary.resolve("control.db"),
            SqliteStore.Limits.DEFAULT,
            new ManualClock(),
            metrics);
    registry = StoredRegistry.open(store, RegistrySettings.DEFAULTS, clock, metrics);
    folder = folder(SETTINGS);
  }

  @AfterEach
  void close() {
    folder.stop();
    registry.close();
    store.close();
  }

  @Test
  void whatIsThereAtTheStartIsInForceWhenItReturns() throws Exception {
    write("a.yaml", service("orders", "80"));
    write("b.yml", service("ledger", "80"));
    write(
        "c.json",
        "{\"apiVersion\":\"mesh.ondine.dev/v1\",\"kind\":\"MeshSettings\","
            + "\"metadata\":{\"name\":\"mesh\"}}");
    write("readme.txt", "not a document");
    write(".hidden.yaml", "not a document");
    Files.createDirectory(watched.resolve("d.yaml"));

    folder.start();

    assertThat(documents())
        .containsExactly(
            "MeshSettings/mesh of c.json",
            "Service/shop/ledger of b.yml",
            "Service/shop/orders of a.yaml");
    assertThat(folder.problems()).isEmpty();
  }

  @Test
  void aFileIsReadOnceItHoldsStill() throws Exception {
    folder.start();
    write("a.yaml", service("orders", "80").substring(0, 20));
    look();
    write("a.yaml", service("orders", "80"));
    look();
    assertThat(documents()).isEmpty();
    assertThat(folder.problems()).isEmpty();
    look();
    assertThat(documents()).containsExactly("Service/shop/orders of a.yaml");
  }

  @Test
  void aBadFileKeepsWhatItSaidAndIsReportedUntilItIsMended() throws Exception {
    write("a.yaml", service("orders", "80"));
    write("b.yaml", service("ledger", "80"));
    folder.start();

    write("a.yaml", service("orders", "http"));
    look();
    look();
    assertThat(folder.problems())
        .containsExactly(
            "a.yaml:4: spec.ports[0].port: 'http' is text, not a number (allowed: a whole number,"
                + " 1 to 65535)");
    assertThat(documents()).hasSize(2);
    write("b.yaml", service("audit", "80"));
    look();
    look();
    assertThat(documents())
        .containsExactly("Service/shop/audit of b.yaml", "Service/shop/orders of a.yaml");

    Files.write(watched.resolve("a.yaml"), new byte[] {(byte) 0xff});
    look();
    look();
    assertThat(folder.problems()).containsExactly("a.yaml: cannot be read: it is not UTF-8 text");
    write("a.yaml", service("orders", "81"));
    look();
    look();
    assertThat(folder.problems()).isEmpty();
    assertThat(registry.documents().getLast().json()).contains("81");
  }

  @Test
  void aRemovedFileTakesItsDocumentsAlongAlsoWhileNobodyLooked() throws Exception {
    write("a.yaml", service("orders", "80"));
    write("b.yaml", service("ledger", "80"));
    folder.start();
    Files.delete(watched.resolve("a.yaml"));
    look();
    assertThat(documents()).as("it may come back").hasSize(2);
    look();
    assertThat(documents()).containsExactly("Service/shop/ledger of b.yaml");

    folder.stop();
    Files.delete(watched.resolve("b.yaml"));
    folder = folder(SETTINGS);
    folder.start();
    assertThat(documents()).isEmpty();
  }

  @Test
  void aBadFileAtTheStartKeepsWhatItSaidBefore() throws Exception {
    write("a.yaml", service("orders", "80"));
    folder.start();
    folder.stop();
    write("a.yaml", "kind: nothing");
    folder = folder(SETTINGS);
    folder.start();
    assertThat(documents()).containsExactly("Service/shop/orders of a.yaml");
    assertThat(folder.problems()).hasSize(2);
  }

  @Test
  void aDocumentMayMoveToAnotherFile() throws Exception {
    write("a.yaml", service("orders", "80") + "---\n" + service("ledger", "80"));
    folder.start();
    write("a.yaml", service("ledger", "80"));
    write("0.yaml", service("orders", "80"));
    look();
    look();
    assertThat(documents())
        .containsExactly("Service/shop/ledger of a.yaml", "Service/shop/orders of 0.yaml");
    assertThat(folder.problems()).isEmpty();
  }

  @Test
  void aRenamedFilesServicesAreThereAllTheTime() throws Exception {
    write("a.yaml", service("orders", "80"));
    write("bad.yaml", "kind: nothing");
    folder.start();
    var worlds = new ArrayList<Boolean>();
    var orders = new ServiceKey("shop", "orders");
    registry.listen((world, _) -> worlds.add(world.service(orders).isPresent()));

    Files.move(watched.resolve("a.yaml"), watched.resolve("b.yaml"));
    write("ledger.yaml", service("ledger", "80"));
    look();
    assertThat(documents()).containsExactly("Service/shop/orders of a.yaml");
    look();

    assertThat(documents())
        .containsExactly("Service/shop/ledger of ledger.yaml", "Service/shop/orders of b.yaml");
    assertThat(worlds).as("one world, in which it still is").containsExactly(true);
    assertThat(folder.problems()).isNotEmpty().allMatch(problem -> problem.startsWith("bad.yaml"));
  }

  @Test
  void aFileThatIsReplacedInTwoStepsIsNotRemovedInBetween() throws Exception {
    write("a.yaml", service("orders", "80"));
    folder.start();
    Files.delete(watched.resolve("a.yaml"));
    look();
    write("a.yaml", service("ledger", "80"));
    look();
    assertThat(documents()).containsExactly("Service/shop/orders of a.yaml");
    look();
    assertThat(documents()).containsExactly("Service/shop/ledger of a.yaml");
  }

  @Test
  void whatTheRegistryRefusesIsTakenWhenTheReasonIsGone() throws Exception {
    registry.apply(new DocumentReader().read("request", service("orders", "80")));
    write("a.yaml", service("orders", "81"));
    folder.start();
    assertThat(folder.problems())
        .containsExactly(
            "a.yaml:1: metadata.name: Service/shop/orders is in force already, applied by the API");
    registry.delete(registry.documents().getFirst().document().key());
    look();
    assertThat(folder.problems()).isEmpty();
    assertThat(documents()).containsExactly("Service/shop/orders of a.yaml");
  }

  @Test
  void aFolderThatIsGoneChangesNothing() throws Exception {
    write("a.yaml", service("orders", "80"));
    folder.start();
    Files.move(watched, watched.resolveSibling("moved"));
    look();
    look();
    assertThat(documents()).hasSize(1);
    assertThat(folder.problems()).hasSize(1).first().asString().contains("watched cannot be read");
    Files.move(watched.resolveSibling("moved"), watched);
    look();
    assertThat(folder.problems()).isEmpty();
    assertThat(documents()).hasSize(1);
  }

  @Test
  void moreFilesThanTheBoundAreLeftOutAndReported() throws Exception {
    write("a.yaml", service("orders", "80"));
    write("b.yaml", service("ledger", "80"));
    folder = folder(new FolderSettings(SETTINGS.interval(), 1));
    folder.start();
    assertThat(documents()).containsExactly("Service/shop/orders of a.yaml");
    assertThat(folder.problems()).containsExactly("1 files are left out, beyond the first 1");
  }

  @Test
  void whatIsNoFolderIsToldAtOnce() {
    folder =
        new DocumentFolder(
            watched.resolve("missing"), SETTINGS, registry, new DocumentReader(), clock);
    assertThatThrownBy(folder::start)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("missing is no folder");
  }

  private DocumentFolder folder(FolderSettings settings) {
    return new DocumentFolder(watched, settings, registry, new DocumentReader(), clock);
  }

  private void look() {
    clock.advance(SETTINGS.interval());
  }

  private List<String> documents() {
    return registry.documents().stream()
        .map(stored -> stored.document().key() + " of " + stored.owner())
        .toList();
  }

  private void write(String name, String text) throws IOException {
    var file = Files.writeString(watched.resolve(name), text);
    // Two writes within the clock of a file system would look the same.
    Files.setLastModifiedTime(file, FileTime.fromMillis(modified.addAndGet(1_000)));
  }

  private static String service(String name, String port) {
    return """
    apiVersion: mesh.ondine.dev/v1
    kind: Service
    metadata: {name: %s, namespace: shop}
    spec: {ports: [{port: %s}]}
    """
        .formatted(name, port);
  }
}
