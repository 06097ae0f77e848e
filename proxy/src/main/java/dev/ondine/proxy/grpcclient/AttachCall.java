package dev.ondine.proxy.grpcclient;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import dev.ondine.model.AppProtocol;
import dev.ondine.model.ServicePort;
import io.grpc.MethodDescriptor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** {@code ondine.v1.WorkloadRegistration.Attach} on the wire, written and read by hand. */
final class AttachCall {
  /** An answer to a status; no error: it was taken. */
  record Lease(int ttlSeconds, String workload, String error) {}

  /**
   * A status: the registration and how far it takes part.
   *
   * @param census empty: as it was said last on this stream
   */
  record StatusMessage(
      Registration registration, Registration.State state, Optional<Census> census) {}

  static final MethodDescriptor<StatusMessage, Lease> METHOD =
      MethodDescriptor.<StatusMessage, Lease>newBuilder()
          .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
          .setFullMethodName("ondine.v1.WorkloadRegistration/Attach")
          .setRequestMarshaller(HandMarshaller.ofRequests(AttachCall::write))
          .setResponseMarshaller(HandMarshaller.ofAnswers(AttachCall::read))
          .build();

  private AttachCall() {}

  private static byte[] write(StatusMessage status) throws IOException {
    var bytes = new ByteArrayOutputStream(128);
    var out = CodedOutputStream.newInstance(bytes);
    var registration = status.registration();
    out.writeString(1, registration.service());
    out.writeString(2, registration.namespace());
    out.writeString(3, registration.instance());
    out.writeString(4, registration.serviceAccount());
    out.writeString(5, registration.address());
    for (var port : registration.ports()) {
      out.writeByteArray(6, write(port));
    }
    out.writeBool(7, true); // there is a sidecar: this one
    out.writeEnum(
        8,
        switch (status.state()) {
          case READY -> 1;
          case LAME_DUCK -> 2;
          case GONE -> 3;
        });
    out.writeString(10, registration.zone());
    out.writeBool(11, registration.mtls());
    if (status.census().isPresent()) {
      out.writeByteArray(12, write(status.census().get()));
    }
    out.flush();
    return bytes.toByteArray();
  }

  private static byte[] write(Census census) throws IOException {
    var bytes = new ByteArrayOutputStream(256);
    var out = CodedOutputStream.newInstance(bytes);
    out.writeString(1, census.mtls());
    out.writeUInt64(2, age(census.since(), census));
    for (var caller : census.plaintext()) {
      out.writeByteArray(3, write(caller, age(caller.lastSeen(), census)));
    }
    for (var caller : census.proven()) {
      out.writeByteArray(4, write(caller, age(caller.lastSeen(), census)));
    }
    out.flush();
    return bytes.toByteArray();
  }

  /** Ages and not times, because clocks differ. */
  private static long age(Instant then, Census census) {
    return Math.max(0, Duration.between(then, census.at()).toMillis());
  }

  private static byte[] write(Census.Plaintext caller, long age) throws IOException {
    var bytes = new ByteArrayOutputStream(32);
    var out = CodedOutputStream.newInstance(bytes);
    out.writeString(1, caller.address());
    out.writeUInt32(2, caller.port());
    out.writeUInt64(3, caller.connections());
    out.writeUInt64(4, caller.requests());
    out.writeUInt64(5, age);
    out.flush();
    return bytes.toByteArray();
  }

  private static byte[] write(Census.Proven caller, long age) throws IOException {
    var bytes = new ByteArrayOutputStream(64);
    var out = CodedOutputStream.newInstance(bytes);
    out.writeString(1, caller.identity());
    out.writeUInt64(2, caller.connections());
    out.writeUInt64(3, caller.requests());
    out.writeUInt64(4, age);
    out.flush();
    return bytes.toByteArray();
  }

  private static byte[] write(ServicePort port) throws IOException {
    var bytes = new ByteArrayOutputStream(32);
    var out = CodedOutputStream.newInstance(bytes);
    out.writeString(1, port.name());
    out.writeUInt32(2, port.port());
    if (port.protocol() != AppProtocol.AUTO) { // empty means detected
      out.writeString(3, port.protocol().text());
    }
    out.writeUInt32(4, port.targetPort());
    out.flush();
    return bytes.toByteArray();
  }

  private static Lease read(InputStream stream) throws IOException {
    var in = CodedInputStream.newInstance(stream);
    var ttlSeconds = 0;
    var workload = "";
    var error = "";
    for (var tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 1 << 3 | WireFormat.WIRETYPE_VARINT -> ttlSeconds = in.readUInt32();
        case 2 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED -> workload = in.readString();
        case 3 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED -> error = in.readString();
        default -> in.skipField(tag); // of a later version
      }
    }
    return new Lease(ttlSeconds, workload, error);
  }
}
