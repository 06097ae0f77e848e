package dev.ondine.proxy.http.http2;

/**
 * The streams that were closed last, and how: frames that come late on them are either still
 * allowed, because the peer did not know yet, or a fault (RFC 9113, section 5.1).
 */
final class ClosedStreams {
  private static final int REMEMBERED = 256; // a power of two, beyond what can be in flight

  /** How a stream was closed. */
  enum How {
    /** Too long ago to say, or skipped by the peer and never open. */
    UNKNOWN,
    /** We reset it: what the peer sent before it knew is ignored. */
    RESET_HERE,
    /** Both sides ended it, or the peer reset it: nothing may follow. */
    BY_PEER
  }

  private final int[] ids = new int[REMEMBERED];
  private final boolean[] resetHere = new boolean[REMEMBERED];

  void add(int id, boolean resetHere) {
    // Ids of one side differ by two, so that as many in a row as there are places all fit.
    var place = (id >>> 1) & (REMEMBERED - 1);
    if (ids[place] == id && this.resetHere[place]) {
      return; // reset while it was not open yet, and closed because of it
    }
    ids[place] = id;
    this.resetHere[place] = resetHere;
  }

  How how(int id) {
    var place = (id >>> 1) & (REMEMBERED - 1);
    if (ids[place] != id) {
      return How.UNKNOWN;
    }
    return resetHere[place] ? How.RESET_HERE : How.BY_PEER;
  }
}
