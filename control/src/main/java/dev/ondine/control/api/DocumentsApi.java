package dev.ondine.control.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ondine.control.api.http.ApiException;
import dev.ondine.control.api.http.ApiRequest;
import dev.ondine.control.api.http.ApiResponse;
import dev.ondine.control.api.http.ApiRoute;
import dev.ondine.control.census.MtlsState;
import dev.ondine.control.policy.DocumentKey;
import dev.ondine.control.policy.DocumentReader;
import dev.ondine.control.policy.InvalidDocumentsException;
import dev.ondine.control.policy.Kind;
import dev.ondine.control.policy.Problem;
import dev.ondine.control.policy.SourcedDocument;
import dev.ondine.control.registry.Applied;
import dev.ondine.control.registry.Registry;
import dev.ondine.control.registry.StoredDocument;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** The documents that users write: apply, get, delete. What is wrong is answered with 422. */
final class DocumentsApi {
  /** A body that holds several files: {@code {"files":[{"source", "text"}]}}. */
  static final String FILES = "application/vnd.ondine.files+json";

  private final Registry registry;
  private final DocumentReader reader;
  private final MtlsState mtls;

  DocumentsApi(Registry registry, DocumentReader reader, MtlsState mtls) {
    this.registry = registry;
    this.reader = reader;
    this.mtls = mtls;
  }

  List<ApiRoute> routes() {
    return List.of(
        new ApiRoute("PUT", "/v1/documents", this::apply),
        new ApiRoute("GET", "/v1/documents", _ -> list(_ -> true)),
        new ApiRoute("GET", "/v1/documents/*", this::ofKind),
        new ApiRoute("GET", "/v1/documents/*/*", this::get),
        new ApiRoute("GET", "/v1/documents/*/*/*", this::get),
        new ApiRoute("DELETE", "/v1/documents/*/*", this::delete),
        new ApiRoute("DELETE", "/v1/documents/*/*/*", this::delete));
  }

  private ApiResponse apply(ApiRequest request) throws IOException, InterruptedException {
    var dryRun = request.flag("dryRun");
    try {
      var documents = documents(request);
      var warnings = mtls.warnings(documents.stream().map(SourcedDocument::document).toList());
      var applied = dryRun ? registry.check(documents) : registry.apply(documents);
      var answer = Json.list("documents", applied, DocumentsApi::write);
      warnings.forEach(Json.array(answer, "warnings")::add);
      return ApiResponse.json(200, answer.put("dryRun", dryRun));
    } catch (InvalidDocumentsException e) {
      throw new ApiException(422, e.problems());
    }
  }

  private List<SourcedDocument> documents(ApiRequest request) throws IOException {
    var body = request.body().read();
    if (!request.contentType().startsWith(FILES)) {
      return reader.read(request.parameter("source").orElse("request"), new String(body, UTF_8));
    }
    // Faults of all files at once: who has ten files should not need ten tries.
    var documents = new ArrayList<SourcedDocument>();
    var problems = new ArrayList<Problem>();
    for (JsonNode file : Json.read(body).path("files")) {
      try {
        documents.addAll(
            reader.read(file.path("source").asText("request"), file.path("text").asText()));
      } catch (InvalidDocumentsException e) {
        problems.addAll(e.problems());
      }
    }
    if (!problems.isEmpty()) {
      throw new InvalidDocumentsException(problems);
    }
    return documents;
  }

  private ApiResponse ofKind(ApiRequest request) {
    var kind = kind(request.path().getFirst());
    return list(stored -> stored.document().kind() == kind);
  }

  private ApiResponse get(ApiRequest request) {
    var key = key(request);
    var stored = registry.document(key).orElseThrow(() -> unknown(key));
    return ApiResponse.json(200, Json.list("documents", List.of(stored), DocumentsApi::write));
  }

  private ApiResponse delete(ApiRequest request) {
    var key = key(request);
    try {
      if (!registry.delete(key)) {
        throw unknown(key);
      }
      return ApiResponse.json(200, Json.object().put("key", key.toString()));
    } catch (InvalidDocumentsException e) {
      throw new ApiException(409, e.problems());
    }
  }

  private ApiResponse list(Predicate<StoredDocument> wanted) {
    var found = registry.documents().stream().filter(wanted).toList();
    return ApiResponse.json(200, Json.list("documents", found, DocumentsApi::write));
  }

  private static void write(Applied applied, ObjectNode json) {
    json.put("key", applied.key().toString())
        .put("change", applied.change().name().toLowerCase(Locale.ROOT));
  }

  private static void write(StoredDocument stored, ObjectNode json) {
    var key = stored.document().key();
    json.put("kind", key.kind().text());
    if (key.kind().namespaced()) {
      json.put("namespace", key.namespace());
    }
    json.put("name", key.name())
        .put("owner", stored.owner())
        .put("revision", stored.revision())
        .set("document", Json.stored(stored.json()));
  }

  /** {@code KIND/NAMESPACE/NAME}, or {@code KIND/NAME} for kinds without a namespace. */
  private static DocumentKey key(ApiRequest request) {
    var parts = request.path();
    var kind = kind(parts.getFirst());
    if (kind.namespaced() != (parts.size() == 3)) {
      throw new ApiException(
          404,
          "a "
              + kind.text()
              + " is found at /v1/documents/"
              + kind.text()
              + (kind.namespaced() ? "/NAMESPACE/NAME" : "/NAME"));
    }
    return new DocumentKey(kind, kind.namespaced() ? parts.get(1) : "", parts.getLast());
  }

  private static Kind kind(String text) {
    return Kind.of(text)
        .orElseThrow(
            () ->
                new ApiException(
                    404,
                    List.of(
                        new Problem("", 0, "", text, "'" + text + "' is no kind", kindNames()))));
  }

  private static String kindNames() {
    return Arrays.stream(Kind.values()).map(Kind::text).collect(Collectors.joining(", "));
  }

  private static ApiException unknown(DocumentKey key) {
    return new ApiException(404, "no document " + key);
  }
}
