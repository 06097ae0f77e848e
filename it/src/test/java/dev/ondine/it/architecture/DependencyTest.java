package dev.ondine.it.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static dev.ondine.it.architecture.Ondine.mustObey;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What may depend on what. */
class DependencyTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "dev.ondine.model..",
        "dev.ondine.base..",
        "dev.ondine.xds..",
        "dev.ondine.proxy..",
        "dev.ondine.control..",
        "dev.ondine.cli..",
        "dev.ondine.testkit.."
      })
  void everyModuleIsSeen(String module) {
    assertThat(Ondine.CLASSES.that(resideInAPackage(module))).isNotEmpty();
  }

  @Test
  void modelNeedsNothingButTheJdk() {
    mustObey(
        noClasses()
            .that()
            .resideInAPackage("dev.ondine.model..")
            .should()
            .dependOnClassesThat()
            .resideOutsideOfPackages("java..", "dev.ondine.model..", "org.jspecify.."));
  }

  @Test
  void coreKnowsNoWire() {
    mustObey(
        noClasses()
            .that()
            .resideInAnyPackage("dev.ondine.model..", "dev.ondine.base..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.netty..", "io.grpc..", "com.google.protobuf.."));
  }

  @Test
  void proxyAndControlNeverSeeEachOther() {
    mustObey(
        noClasses()
            .that()
            .resideInAPackage("dev.ondine.proxy..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.ondine.control.."));
    mustObey(
        noClasses()
            .that()
            .resideInAPackage("dev.ondine.control..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.ondine.proxy.."));
  }

  @Test
  void nettyStaysAtTheEdge() {
    mustObey(
        onlyIn(
            "io.netty..",
            "dev.ondine.proxy.transport..",
            "dev.ondine.proxy.http.http1..",
            "dev.ondine.proxy.http.http2..",
            "dev.ondine.proxy.tls..",
            "dev.ondine.proxy.discovery.dns..",
            "dev.ondine.xds.transport..",
            "dev.ondine.testkit.."));
  }

  @Test
  void grpcStaysAtTheEdge() {
    mustObey(
        onlyIn(
            "io.grpc..",
            "dev.ondine.xds.client..",
            "dev.ondine.xds.server..",
            "dev.ondine.xds.transport..",
            "dev.ondine.control.ca..",
            "dev.ondine.control.api..",
            "dev.ondine.proxy.grpcclient..",
            "dev.ondine.testkit.."));
  }

  @Test
  void protobufStaysAtTheEdge() {
    mustObey(
        onlyIn(
            "com.google.protobuf..",
            "dev.ondine.xds..",
            "dev.ondine.control.ca..",
            "dev.ondine.control.api..",
            "dev.ondine.proxy.grpcclient..",
            "dev.ondine.testkit.."));
  }

  /** The sidecar's class path does not hold these 30 MB. */
  @Test
  void sidecarNeverMeetsTheEnvoyApi() {
    mustObey(
        noClasses()
            .that()
            .resideInAnyPackage("dev.ondine.proxy..", "dev.ondine.xds.client..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.envoyproxy.."));
  }

  /** Its class path holds no control plane, and picocli's classes are too old for the AOT cache. */
  @Test
  void sidecarsMainNeedsOnlyTheSidecar() {
    mustObey(
        noClasses()
            .that()
            .haveFullyQualifiedName("dev.ondine.cli.ProxyMain")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.ondine.control..", "picocli..", "com.fasterxml.."));
  }

  /** The wiring in dev.ondine.proxy itself hands the stacks out; no layer knows the order. */
  @Test
  void nothingUsesTheStack() {
    mustObey(
        noClasses()
            .that()
            .resideOutsideOfPackages("dev.ondine.proxy.stack..", "dev.ondine.proxy")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.ondine.proxy.stack.."));
  }

  @Test
  void filtersNeverUseEachOther() {
    mustObey(slices().matching("dev.ondine.proxy.filter.(*)..").should().notDependOnEachOther());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "dev.ondine.(*)..",
        "dev.ondine.base.(*)..",
        "dev.ondine.xds.(*)..",
        // Each package for itself: http's codecs use transport, which uses http's interfaces.
        "dev.ondine.proxy.(**)",
        "dev.ondine.control.(*).."
      })
  void packagesHaveNoCycles(String packages) {
    mustObey(slices().matching(packages).should().beFreeOfCycles());
  }

  @Test
  void onlyTestsUseTheTestkit() {
    mustObey(
        classes()
            .that()
            .resideInAPackage("dev.ondine.testkit..")
            .should()
            .onlyHaveDependentClassesThat()
            .resideInAnyPackage("dev.ondine.testkit..", "dev.ondine.it..", "dev.ondine.bench.."));
  }

  private static ArchRule onlyIn(String library, String... packages) {
    return noClasses()
        .that()
        .resideOutsideOfPackages(packages)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(library);
  }
}
