package dev.ondine.cli.demo;

import dev.ondine.cli.demo.world.DemoException;
import dev.ondine.cli.demo.world.Workload.Part;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/** What a customer notices of stops and crashes, while requests go on: nothing. */
final class FailureSteps {
  private static final Duration CONTROL_AWAY = Duration.ofMillis(800);

  private final Stage stage;

  FailureSteps(Stage stage) {
    this.stage = stage;
  }

  List<Step> steps() {
    return List.of(
        new Step("an instance drains", this::drain),
        new Step("a program is killed", this::appKill),
        new Step("a workload is killed", this::workloadKill),
        new Step("a supervisor's return", this::supervisorReturn),
        new Step("control is killed", this::controlRestart));
  }

  private String drain() throws DemoException, IOException, InterruptedException {
    var leaving = stage.shop.workload("catalog-2");
    return noneFails(
        "drain",
        () -> {
          leaving.askToStop();
          if (!leaving.hasEndedWithin(Duration.ofSeconds(10))) {
            throw new DemoException(leaving.name() + " did not end" + leaving.lastWords());
          }
        });
  }

  private String appKill() throws DemoException, IOException, InterruptedException {
    var victim = stage.shop.workload("orders-1");
    return noneFails("app_kill", () -> victim.kill(Part.WORKLOAD));
  }

  /** Its program and its sidecar at once, and the keeper, which would start the sidecar again. */
  private String workloadKill() throws DemoException, IOException, InterruptedException {
    var victim = stage.shop.workload("orders-2");
    return noneFails(
        "workload_kill",
        () -> victim.kill(Part.SUPERVISOR, Part.KEEPER, Part.WORKLOAD, Part.SIDECAR));
  }

  /** Its process and sidecar live on without it, until the next start takes over. */
  private String supervisorReturn() throws DemoException, IOException, InterruptedException {
    var victim = stage.shop.workload("catalog-1");
    return noneFails(
        "supervisor_return",
        () -> {
          var before = victim.livePid(Part.WORKLOAD);
          victim.kill(Part.SUPERVISOR);
          var again = stage.shop.startAgain(victim);
          stage.patience.until(
              Duration.ofSeconds(15),
              Duration.ofMillis(20),
              again.name() + " still has the process of before",
              () -> again.pid(Part.WORKLOAD).orElse(before) != before);
          stage.shop.awaitReady(again);
        });
  }

  /** What was known before goes on meanwhile; afterwards names can be found again. */
  private String controlRestart() throws DemoException, IOException, InterruptedException {
    var control = stage.shop.control();
    var ready = new AtomicReference<>(Duration.ZERO);
    var text =
        noneFails(
            "control_restart",
            () -> {
              control.kill();
              stage.patience.pause(CONTROL_AWAY);
              ready.set(control.start());
            });
    var backend = stage.shop.workload("catalog-0");
    Documents.apply(
        control,
        Documents.service("afterwards", backend) + Documents.workload("afterwards", backend));
    var found =
        stage.patience.until(
            Duration.ofSeconds(10),
            Duration.ofMillis(20),
            "after control's restart a new name was not found",
            () ->
                stage.get("after", "http://afterwards/item.json", -1).path("status").asInt()
                    == 200);
    return text
        + "; ready again after "
        + ready.get().toMillis()
        + " ms, a new name was found "
        + found.toMillis()
        + " ms later";
  }

  private String noneFails(String what, Stage.Event event)
      throws DemoException, IOException, InterruptedException {
    var load = stage.underLoad(what, Stage.RATE, event);
    stage.findings.exactly(what + "_failed_requests", load.failed(), 0);
    return load.toString();
  }
}
