package dev.ondine.cli.demo.load;

/**
 * What became of one request.
 *
 * @param status of the response; 0: there was none
 * @param body its first bytes as text
 * @param failure why there was no response; empty: there was one
 * @param nanos from before the name was looked up until the whole response was read
 */
public record Answer(int status, String body, String failure, long nanos) {
  /** A request that got no response. */
  static Answer none(Exception failure, long nanos) {
    var message = failure.getMessage();
    var name = failure.getClass().getSimpleName();
    return new Answer(0, "", message == null ? name : name + ": " + message, nanos);
  }

  /** Whether it was served. */
  public boolean ok() {
    return status == 200;
  }

  /** Milliseconds it took. */
  public double millis() {
    return nanos / 1e6;
  }

  /** For people: why it was not served. */
  public String reason() {
    return failure.isEmpty() ? status + " " + body.strip() : failure;
  }
}
