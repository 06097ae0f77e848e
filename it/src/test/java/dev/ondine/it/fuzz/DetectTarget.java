package dev.ondine.it.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ondine.proxy.detect.Detection;
import dev.ondine.proxy.detect.ProtocolDetector;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Protocol detection: it asks for more only when more can come, and never changes its mind. */
final class DetectTarget implements FuzzTarget {
  @Override
  public String name() {
    return "detect";
  }

  @Override
  public void parse(byte[] input) {
    @Nullable Detection decided = null;
    for (int size = 0; size <= input.length; size++) {
      var detection = ProtocolDetector.detect(ByteBuffer.wrap(input, 0, size));
      if (decided != null) {
        assertThat(detection).as("with %s bytes", size).isEqualTo(decided);
      } else if (detection instanceof Detection.NeedMore(var bytes)) {
        assertThat(bytes).isGreaterThan(size).isLessThanOrEqualTo(ProtocolDetector.MAX_BYTES);
      } else {
        decided = detection;
      }
    }
  }
}
