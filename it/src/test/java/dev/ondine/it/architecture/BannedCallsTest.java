package dev.ondine.it.architecture;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameStartingWith;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static dev.ondine.it.architecture.Ondine.mustObey;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import java.time.Instant;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Calls that no product code makes, each with its reason. */
class BannedCallsTest {
  private static final String[] PRODUCT = {
    "dev.ondine.model..",
    "dev.ondine.base..",
    "dev.ondine.xds..",
    "dev.ondine.proxy..",
    "dev.ondine.control.."
  };

  @Test
  void nobodySleeps() {
    mustObey(
        noClasses()
            .should()
            .callMethodWhere(target(owner(type(Thread.class))).and(target(name("sleep"))))
            .because("time passes through a Scheduler, which a test can drive"));
  }

  @Test
  void nobodyReadsTheClockOfTheJdk() {
    mustObey(
        noClasses()
            .that()
            .resideInAnyPackage(PRODUCT)
            .and()
            .resideOutsideOfPackage("dev.ondine.base.time..")
            .should()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(Instant.class, "now")
            .because("time comes through an injected Ticker or Clock"));
  }

  @Test
  void randomnessIsInjected() {
    mustObey(
        noClasses()
            .that()
            .resideInAnyPackage(PRODUCT)
            .should()
            .callMethod(Math.class, "random")
            .orShould()
            .callMethod(ThreadLocalRandom.class, "current")
            .orShould()
            .callMethod(UUID.class, "randomUUID")
            .orShould()
            .callConstructor(Random.class)
            .because("a test repeats what a seed did"));
  }

  @Test
  void noExecutorWithAnUnboundedQueue() {
    DescribedPredicate<JavaCall<?>> pool =
        target(owner(type(Executors.class)))
            .and(target(nameStartingWith("new")))
            .and(
                DescribedPredicate.not(
                    target(name("newVirtualThreadPerTaskExecutor"))
                        .or(target(name("newThreadPerTaskExecutor")))));
    mustObey(
        noClasses()
            .that()
            .resideInAnyPackage(PRODUCT)
            .and()
            .resideOutsideOfPackage("dev.ondine.base.time..")
            .should()
            .callMethodWhere(pool)
            .because("its queue has no bound; a bound is a constructor argument"));
  }

  @Test
  void nobodyJoinsAFuture() {
    mustObey(
        noClasses()
            .that()
            .resideInAnyPackage(PRODUCT)
            .should()
            .callMethod(CompletableFuture.class, "join")
            .because("it blocks and cannot be interrupted"));
  }

  @Test
  void dataPathDoesNotFormat() {
    mustObey(
        noClasses()
            .that()
            .resideInAPackage("dev.ondine.proxy..")
            .should()
            .callMethodWhere(
                target(owner(type(String.class))).and(target(name("format").or(name("formatted")))))
            .because("it parses its pattern on each call"));
  }

  @Test
  void dataPathHasNoBacktrackingRegex() {
    mustObey(
        noClasses()
            .that()
            .resideInAPackage("dev.ondine.proxy..")
            .should()
            .dependOnClassesThat()
            .belongToAnyOf(Pattern.class)
            .because("input from outside can make it run for ever; use re2j"));
  }

  @Test
  void noStaticFieldChanges() {
    mustObey(
        fields()
            .that()
            .areStatic()
            .and()
            .areDeclaredInClassesThat()
            .resideInAnyPackage("dev.ondine..")
            .should()
            .beFinal()
            .because("two meshes live in one JVM in our tests"));
  }

  private static DescribedPredicate<JavaClass> type(Class<?> type) {
    return JavaClass.Predicates.equivalentTo(type);
  }
}
