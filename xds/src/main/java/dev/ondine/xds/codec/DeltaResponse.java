package dev.ondine.xds.codec;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.ondine.model.InvalidResourceException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A {@code DeltaDiscoveryResponse}, its resources not yet decoded.
 *
 * @param typeUrl the resource type's URL
 * @param removed names that do not exist, or no longer
 * @param errors names that cannot be had, each with its reason
 */
public record DeltaResponse(
    String typeUrl,
    String nonce,
    List<Resource> resources,
    List<String> removed,
    List<ResourceError> errors) {

  public DeltaResponse {
    resources = List.copyOf(resources);
    removed = List.copyOf(removed);
    errors = List.copyOf(errors);
  }

  /**
   * A resource as it came. Its time to live is not read: we do not offer to honour it, because a
   * control plane that is away must change nothing.
   *
   * @param version may be empty; some control planes send none
   * @param body empty in a heartbeat, which only says that the resource is still the same
   */
  public record Resource(String name, List<String> aliases, String version, Optional<Body> body) {
    public Resource {
      aliases = List.copyOf(aliases);
    }
  }

  /** A resource's message and its type. */
  public record Body(String typeUrl, ByteString bytes) {}

  /**
   * Why a resource cannot be had.
   *
   * @param code of {@code google.rpc.Code}
   */
  public record ResourceError(String name, int code, String message) {
    public static final int NOT_FOUND = 5;
    public static final int PERMISSION_DENIED = 7;
  }

  /**
   * Reads the protobuf message. The bytes must not change afterwards: resources refer to them.
   *
   * @throws InvalidResourceException when they are no such message
   */
  public static DeltaResponse decode(byte[] bytes) {
    return WireReader.read(
        UnsafeByteOperations.unsafeWrap(bytes), Integer.MAX_VALUE, DeltaResponse::read);
  }

  private static DeltaResponse read(WireReader in) {
    var typeUrl = "";
    var nonce = "";
    var resources = new ArrayList<Resource>();
    var removed = new ArrayList<String>();
    var errors = new ArrayList<ResourceError>();
    while (in.next()) {
      switch (in.field()) {
        case 2 -> resources.add(in.message("resources", resources.size(), DeltaResponse::resource));
        case 4 -> typeUrl = in.string("type_url");
        case 5 -> nonce = in.string("nonce");
        case 6 -> removed.add(in.string("removed_resources"));
        case 8 ->
            removed.add(
                in.message("removed_resource_names", removed.size(), DeltaResponse::resourceName));
        case 9 ->
            errors.add(in.message("resource_errors", errors.size(), DeltaResponse::resourceError));
        default -> in.skip();
      }
    }
    return new DeltaResponse(typeUrl, nonce, resources, removed, errors);
  }

  private static Resource resource(WireReader in) {
    var name = "";
    var aliases = new ArrayList<String>();
    var version = "";
    var body = Optional.<Body>empty();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> version = in.string("version");
        case 2 -> {
          var any = in.message("resource", WireReader::any);
          body = Optional.of(new Body(any.typeUrl(), any.value()));
        }
        case 3 -> name = in.string("name");
        case 4 -> aliases.add(in.string("aliases"));
        case 8 -> name = in.message("resource_name", DeltaResponse::resourceName);
        default -> in.skip();
      }
    }
    return new Resource(name, aliases, version, body);
  }

  private static String resourceName(WireReader in) {
    var name = "";
    while (in.next()) {
      if (in.field() == 1) {
        name = in.string("name");
      } else {
        in.skip();
      }
    }
    return name;
  }

  private static ResourceError resourceError(WireReader in) {
    var name = "";
    var status = new ResourceError("", 0, "");
    while (in.next()) {
      switch (in.field()) {
        case 1 -> name = in.message("resource_name", DeltaResponse::resourceName);
        case 2 -> status = in.message("error_detail", DeltaResponse::status);
        default -> in.skip();
      }
    }
    return new ResourceError(name, status.code(), status.message());
  }

  /** A {@code google.rpc.Status}. */
  private static ResourceError status(WireReader in) {
    var code = 0;
    var message = "";
    while (in.next()) {
      switch (in.field()) {
        case 1 -> code = in.number("code");
        case 2 -> message = in.string("message");
        default -> in.skip();
      }
    }
    return new ResourceError("", code, message);
  }
}
