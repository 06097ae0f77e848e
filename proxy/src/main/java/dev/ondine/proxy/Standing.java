package dev.ondine.proxy;

import java.util.Optional;
import java.util.function.Consumer;

/**
 * Where the sidecar stands: what its supervisor, its admin port and an operator are told. Parts
 * report from their own threads; whoever asks gets one consistent view.
 */
final class Standing {
  /**
   * One view.
   *
   * @param listening all its ports are open
   * @param metControl it has heard from control since it started; from then on it serves without
   * @param control why control is out of reach now; empty: it is not
   * @param registered control knows the workload and advertises it
   * @param workload why the workload is not registered; empty: it is, or there is nothing to
   *     register
   * @param identity why it cannot prove who the workload is; empty: it can, or need not
   */
  record View(
      boolean listening,
      boolean metControl,
      Optional<String> control,
      boolean registered,
      Optional<String> workload,
      Optional<String> identity,
      Drain drain) {

    /** Why it cannot serve its workload; empty: it can. */
    Optional<String> notReady() {
      if (!listening) {
        return Optional.of("not all ports are open yet");
      }
      if (drain != Drain.NO) {
        return Optional.of("draining");
      }
      if (identity.isPresent()) {
        return identity.map(reason -> "identity: " + reason);
      }
      return metControl
          ? Optional.empty()
          : Optional.of("control: " + control.orElse("no answer yet"));
    }

    /** The word for the supervisor. */
    String word() {
      if (drain != Drain.NO) {
        return drain == Drain.DONE ? "drained" : "draining";
      }
      if (notReady().isPresent()) {
        return "starting";
      }
      return registered ? "registered" : "ready";
    }

    private View withListening() {
      return new View(true, metControl, control, registered, workload, identity, drain);
    }

    private View withControl(boolean met, Optional<String> control) {
      return new View(listening, metControl || met, control, registered, workload, identity, drain);
    }

    private View withWorkload(boolean registered, Optional<String> workload) {
      return new View(listening, metControl, control, registered, workload, identity, drain);
    }

    private View withIdentity(Optional<String> identity) {
      return new View(listening, metControl, control, registered, workload, identity, drain);
    }

    private View withDrain(Drain drain) {
      return new View(listening, metControl, control, registered, workload, identity, drain);
    }
  }

  /** How far a drain has come. */
  enum Drain {
    NO,
    UNDER_WAY,
    DONE
  }

  private final Consumer<View> told;
  private volatile View view;

  /**
   * @param workload why the workload is not registered at first
   * @param told each new view, one after the other
   */
  Standing(Optional<String> workload, Consumer<View> told) {
    this.told = told;
    this.view =
        new View(
            false,
            false,
            Optional.of("not connected yet"),
            false,
            workload,
            Optional.empty(),
            Drain.NO);
  }

  /** The view now. */
  View view() {
    return view;
  }

  synchronized void listening() {
    set(view.withListening());
  }

  synchronized void controlUp() {
    set(view.withControl(true, Optional.empty()));
  }

  synchronized void controlDown(String reason) {
    set(view.withControl(false, Optional.of(reason)));
  }

  synchronized void hasIdentity() {
    set(view.withIdentity(Optional.empty()));
  }

  synchronized void lacksIdentity(String reason) {
    set(view.withIdentity(Optional.of(reason)));
  }

  synchronized void registered() {
    set(view.withWorkload(true, Optional.empty()));
  }

  synchronized void notRegistered(String reason) {
    set(view.withWorkload(false, Optional.of(reason)));
  }

  synchronized void drain(Drain drain) {
    set(view.withDrain(drain));
  }

  private void set(View next) {
    if (!next.equals(view)) {
      view = next;
      told.accept(next);
    }
  }
}
