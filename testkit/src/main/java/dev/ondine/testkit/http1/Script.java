package dev.ondine.testkit.http1;

import java.nio.ByteBuffer;
import java.util.List;

/** What a {@link RecordingOrigin} answers, step by step. */
public record Script(List<Step> steps) {
  /** One step of an answer. */
  public sealed interface Step {
    /** Writes these bytes, which lie in an array. */
    record Send(ByteBuffer bytes) implements Step {}

    /** Waits until the request's body is complete. */
    record AwaitBody() implements Step {}

    /** Says that nothing more comes. */
    record Close() implements Step {}

    /** Resets the connection. */
    record Reset() implements Step {}
  }

  public Script {
    steps = List.copyOf(steps);
  }
}
