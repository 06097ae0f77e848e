package dev.ondine.it.fuzz;

import com.google.protobuf.ByteString;
import dev.ondine.model.InvalidResourceException;
import dev.ondine.xds.codec.Decoder;
import dev.ondine.xds.codec.ResourceType;

/** Resources of a control plane: each is read, or refused with the path of the bad field. */
final class XdsResourceTarget implements FuzzTarget {
  @Override
  public String name() {
    return "xds-resource";
  }

  @Override
  public void parse(byte[] input) {
    if (input.length == 0) {
      return;
    }
    var types = ResourceType.values();
    var type = types[(input[0] & 0xff) % types.length];
    try {
      var resource = Decoder.decode(type, ByteString.copyFrom(input, 1, input.length - 1));
      var _ = type.model().cast(resource);
    } catch (InvalidResourceException _) {
      // A proper refusal.
    }
  }
}
