package dev.ondine.control.api.http;

import com.fasterxml.jackson.databind.JsonNode;

/** An answer of the admin API, complete in memory. */
public record ApiResponse(int status, String contentType, String body) {
  /** A JSON value. */
  public static ApiResponse json(int status, JsonNode value) {
    return new ApiResponse(status, "application/json", value + "\n");
  }
}
