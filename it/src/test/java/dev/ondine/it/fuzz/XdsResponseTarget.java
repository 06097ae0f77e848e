package dev.ondine.it.fuzz;

import dev.ondine.model.InvalidResourceException;
import dev.ondine.xds.codec.Decoder;
import dev.ondine.xds.codec.DeltaResponse;
import dev.ondine.xds.codec.ResourceType;

/** Delta responses of a control plane, with the resources in them. */
final class XdsResponseTarget implements FuzzTarget {
  @Override
  public String name() {
    return "xds-response";
  }

  @Override
  public void parse(byte[] input) {
    try {
      for (var resource : DeltaResponse.decode(input.clone()).resources()) {
        resource
            .body()
            .ifPresent(
                body ->
                    ResourceType.ofUrl(body.typeUrl())
                        .ifPresent(type -> Decoder.decode(type, body.bytes())));
      }
    } catch (InvalidResourceException _) {
      // A proper refusal.
    }
  }
}
