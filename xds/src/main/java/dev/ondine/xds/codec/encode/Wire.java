package dev.ondine.xds.codec.encode;

import com.google.protobuf.Any;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Message;
import com.google.protobuf.Struct;
import com.google.protobuf.UnsafeByteOperations;
import com.google.protobuf.Value;
import dev.ondine.xds.codec.OndineMetadata;
import io.envoyproxy.envoy.config.core.v3.AggregatedConfigSource;
import io.envoyproxy.envoy.config.core.v3.ApiVersion;
import io.envoyproxy.envoy.config.core.v3.ConfigSource;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import java.io.IOException;
import java.time.Duration;

/** The pieces that several resources are made of. */
final class Wire {
  /** Fetch it over the stream that this came by. */
  static final ConfigSource ADS =
      ConfigSource.newBuilder()
          .setAds(AggregatedConfigSource.getDefaultInstance())
          .setResourceApiVersion(ApiVersion.V3)
          .build();

  private static final String URL_PREFIX = "type.googleapis.com/";

  private Wire() {}

  /** Like {@link Any#pack}, but equal messages give equal bytes, maps included. */
  static Any pack(Message message) {
    var bytes = new byte[message.getSerializedSize()];
    var out = CodedOutputStream.newInstance(bytes);
    out.useDeterministicSerialization();
    try {
      message.writeTo(out);
    } catch (IOException e) {
      throw new IllegalStateException("the array is as long as the message", e);
    }
    out.checkNoSpaceLeft();
    return Any.newBuilder()
        .setTypeUrl(URL_PREFIX + message.getDescriptorForType().getFullName())
        .setValue(UnsafeByteOperations.unsafeWrap(bytes))
        .build();
  }

  static Metadata metadata(Struct ours) {
    return Metadata.newBuilder().putFilterMetadata(OndineMetadata.KEY, ours).build();
  }

  static Value value(String text) {
    return Value.newBuilder().setStringValue(text).build();
  }

  static Value value(boolean flag) {
    return Value.newBuilder().setBoolValue(flag).build();
  }

  static Value value(int number) {
    return Value.newBuilder().setNumberValue(number).build();
  }

  static com.google.protobuf.Duration duration(Duration duration) {
    return com.google.protobuf.Duration.newBuilder()
        .setSeconds(duration.getSeconds())
        .setNanos(duration.getNano())
        .build();
  }
}
