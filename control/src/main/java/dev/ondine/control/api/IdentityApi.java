package dev.ondine.control.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ondine.control.api.http.ApiException;
import dev.ondine.control.api.http.ApiRequest;
import dev.ondine.control.api.http.ApiResponse;
import dev.ondine.control.api.http.ApiRoute;
import dev.ondine.control.ca.CaException;
import dev.ondine.control.ca.Certificates;
import dev.ondine.control.ca.IdentityAuthority;
import dev.ondine.control.ca.IssuanceLog;
import dev.ondine.control.ca.RootRotation;
import dev.ondine.model.InvalidResourceException;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** The authority: what it is, join tokens, what it issued, the rotation of its root. */
final class IdentityApi {
  private static final int MAX_LAST = 1_000;
  private static final int DEFAULT_LAST = 50;

  private final Optional<IdentityAuthority> authority;

  IdentityApi(Optional<IdentityAuthority> authority) {
    this.authority = authority;
  }

  List<ApiRoute> routes() {
    return List.of(
        new ApiRoute("GET", "/v1/ca", this::show),
        new ApiRoute("GET", "/v1/ca/log", this::log),
        new ApiRoute("GET", "/v1/ca/rotation", _ -> rotation(authority().rotation().status())),
        new ApiRoute("POST", "/v1/ca/rotation", this::rotate),
        new ApiRoute("POST", "/v1/tokens", this::token));
  }

  private IdentityAuthority authority() {
    return authority.orElseThrow(
        () ->
            new ApiException(
                409, "this control plane gives out no identities (--identity is off)"));
  }

  private ApiResponse show(ApiRequest request) {
    var ca = authority();
    var bundle = ca.bundle();
    var json =
        Json.object()
            .put("trustDomain", ca.trustDomain())
            .put("folder", ca.folder().toString())
            .put(
                "bundle",
                "sha256:" + HexFormat.of().formatHex(Certificates.bundleHash(bundle.roots())))
            .put("sequence", bundle.sequence());
    for (var root : bundle.roots()) {
      Json.array(json, "roots")
          .add(certificate(root).put("issuing", root.equals(ca.issuingRoot())));
    }
    ca.intermediate().ifPresent(one -> json.set("intermediate", certificate(one)));
    ca.own().ifPresent(own -> json.set("control", certificate(own.leaf())));
    ca.alarms().forEach(Json.array(json, "alarms")::add);
    return ApiResponse.json(200, json);
  }

  private static ObjectNode certificate(X509Certificate certificate) {
    return Json.object()
        .put("fingerprint", Certificates.fingerprint(certificate))
        .put("subject", certificate.getSubjectX500Principal().getName())
        .put("serial", Certificates.serial(certificate))
        .put("notBefore", certificate.getNotBefore().toInstant().toString())
        .put("notAfter", certificate.getNotAfter().toInstant().toString());
  }

  private ApiResponse log(ApiRequest request) {
    var last = request.parameter("last").map(IdentityApi::last).orElse(DEFAULT_LAST);
    var shown = new ArrayDeque<IssuanceLog.Logged>();
    try {
      var verified =
          authority()
              .log()
              .verify(
                  entry -> {
                    shown.add(entry);
                    if (shown.size() > last) {
                      shown.remove();
                    }
                  });
      return ApiResponse.json(
          200,
          Json.list("entries", shown, IdentityApi::write)
              .put("verified", verified.entries())
              .put("head", "sha256:" + verified.head()));
    } catch (CaException e) {
      throw new ApiException(500, text(e));
    }
  }

  private static int last(String text) {
    try {
      var last = Integer.parseInt(text);
      if (last >= 0 && last <= MAX_LAST) {
        return last;
      }
    } catch (NumberFormatException _) {
      // said below
    }
    throw new ApiException(400, "last: '" + text + "' (allowed: 0 to " + MAX_LAST + ")");
  }

  private static void write(IssuanceLog.Logged logged, ObjectNode json) {
    var issuance = logged.issuance();
    json.put("sequence", logged.sequence())
        .put("previous", logged.previous())
        .put("fence", logged.fence())
        .put("at", issuance.at().toString())
        .put("identity", issuance.identity().spiffeId())
        .put("attestor", issuance.attestor())
        .put("serial", issuance.serial())
        .put("notBefore", issuance.notBefore().toString())
        .put("notAfter", issuance.notAfter().toString())
        .put("certificate", "sha256:" + issuance.certificate());
  }

  private ApiResponse rotate(ApiRequest request) throws IOException {
    var body = Json.read(request.body().read());
    var step = body.path("step").asText();
    var rotation = authority().rotation();
    try {
      return rotation(
          switch (step) {
            case "start" -> rotation.start();
            case "advance" -> rotation.advance(body.path("force").asBoolean(false));
            default ->
                throw new ApiException(400, "step: '" + step + "' (allowed: start, advance)");
          });
    } catch (CaException e) {
      throw new ApiException(409, text(e));
    }
  }

  private static ApiResponse rotation(RootRotation.Status status) {
    var json = Json.object().put("phase", status.phase()).put("sequence", status.sequence());
    status.roots().forEach(Json.array(json, "roots")::add);
    status.waitingFor().forEach(Json.array(json, "waitingFor")::add);
    return ApiResponse.json(200, json);
  }

  private ApiResponse token(ApiRequest request) throws IOException {
    var body = Json.read(request.body().read());
    try {
      var made =
          authority()
              .createToken(
                  required(body, "namespace"), required(body, "serviceAccount"), ttl(body));
      return ApiResponse.json(
          200,
          Json.object()
              .put("token", made.token().text())
              .put("identity", made.identity().spiffeId())
              .put("expires", made.expires().toString()));
    } catch (InvalidResourceException | CaException e) {
      throw new ApiException(400, text(e));
    }
  }

  private static String required(JsonNode body, String name) {
    var value = body.path(name);
    if (!value.isTextual() || value.asText().isEmpty()) {
      throw new ApiException(400, name + " is missing");
    }
    return value.asText();
  }

  private static Optional<Duration> ttl(JsonNode body) {
    var value = body.path("ttlSeconds");
    if (value.isMissingNode()) {
      return Optional.empty();
    }
    if (!value.isIntegralNumber()) {
      throw new ApiException(400, "ttlSeconds: " + value + " (allowed: a whole number)");
    }
    return Optional.of(Duration.ofSeconds(value.asLong()));
  }

  private static String text(RuntimeException failure) {
    return String.valueOf(failure.getMessage());
  }
}
