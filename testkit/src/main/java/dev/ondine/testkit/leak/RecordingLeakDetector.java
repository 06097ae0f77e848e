package dev.ondine.testkit.leak;

import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakTracker;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;

/** A Netty leak detector that keeps what it found, for {@link LeakGate} to read. */
final class RecordingLeakDetector<T> extends ResourceLeakDetector<T> {
  private final Leaks leaks;

  RecordingLeakDetector(Class<?> resource, int samplingInterval, Leaks leaks) {
    super(resource, samplingInterval);
    this.leaks = leaks;
    leaks.detectors.add(this);
  }

  @Override
  protected boolean needReport() {
    return true; // whatever the log level
  }

  @Override
  protected void reportTracedLeak(String resourceType, String records) {
    leaks.found.add("LEAK: " + resourceType + " was not released" + records);
  }

  @Override
  protected void reportUntracedLeak(String resourceType) {
    leaks.found.add("LEAK: " + resourceType + " was not released (no trace)");
  }

  /** Makes the detector look at what the garbage collector found: it looks only when it tracks. */
  @SuppressWarnings("unchecked") // the tracked object is only a key
  void poll() {
    var probe = (T) new Object();
    ResourceLeakTracker<T> tracker = trackForcibly(probe);
    tracker.close(probe);
  }

  /** What all detectors of one JVM found. */
  static final class Leaks {
    private final List<RecordingLeakDetector<?>> detectors = new CopyOnWriteArrayList<>();
    private final ConcurrentLinkedQueue<String> found = new ConcurrentLinkedQueue<>();

    void poll() {
      detectors.forEach(RecordingLeakDetector::poll);
    }

    /** What was found since the last call, once each. */
    List<String> take() {
      var taken = List.copyOf(found);
      found.removeAll(taken);
      return taken;
    }
  }
}
