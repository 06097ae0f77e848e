package dev.ondine.testkit.leak;

import static java.util.concurrent.TimeUnit.SECONDS;

import dev.ondine.testkit.leak.RecordingLeakDetector.Leaks;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import java.lang.ref.Cleaner;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * Fails a test class after which Netty resources are unreachable but not released.
 *
 * <p>JUnit finds it twice through {@code META-INF/services}: as a session listener, which installs
 * the detector before any test loads Netty, and as an extension of every test class.
 */
public final class LeakGate implements LauncherSessionListener, AfterAllCallback {
  // Netty's own factory is a static of the JVM, so what it finds is one, too.
  private static final Leaks LEAKS = new Leaks();
  private static final Cleaner CLEANER = Cleaner.create();

  @Override
  public void launcherSessionOpened(LauncherSession session) {
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
    ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(
        new ResourceLeakDetectorFactory() {
          @Override
          @SuppressWarnings("deprecation") // abstract in Netty until it drops the third argument
          public <T> ResourceLeakDetector<T> newResourceLeakDetector(
              Class<T> resource, int samplingInterval, long maxActive) {
            return new RecordingLeakDetector<>(resource, samplingInterval, LEAKS);
          }

          @Override
          public <T> ResourceLeakDetector<T> newResourceLeakDetector(
              Class<T> resource, int samplingInterval) {
            return new RecordingLeakDetector<>(resource, samplingInterval, LEAKS);
          }
        });
  }

  @Override
  public void afterAll(ExtensionContext context) {
    if (context.getParent().flatMap(ExtensionContext::getTestClass).isPresent()) {
      return; // nested: its outermost class is checked, once
    }
    List<String> leaks = leaks();
    if (!leaks.isEmpty()) {
      throw new AssertionError(
          leaks.size() + " Netty resource(s) not released:\n" + String.join("\n", leaks));
    }
  }

  /** Collects garbage and returns the leaks that this shows. */
  static List<String> leaks() {
    collectGarbage();
    // One thread of the JVM queues what a collection found, one by one. When it queues something of
    // the second collection, all of the first is in Netty's queues.
    collectGarbage();
    LEAKS.poll();
    return LEAKS.take();
  }

  /** Returns when a collection has found, and queued, an object that was unreachable before it. */
  private static void collectGarbage() {
    var collected = new CountDownLatch(1);
    CLEANER.register(new Object(), collected::countDown);
    try {
      do {
        System.gc();
      } while (!collected.await(1, SECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while looking for leaks", e);
    }
  }
}
