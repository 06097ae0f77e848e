package dev.ondine.control.api.http;

/** An answer of the admin API, complete in memory. */
public record ApiResponse(int status, String contentType, String body) {
  /** JSON text. */
  public static ApiResponse json(int status, String text) {
    return new ApiResponse(status, "application/json", text + "\n");
  }
}
