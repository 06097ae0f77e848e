package dev.ondine.proxy.http.http1;

/**
 * How large a head may be.
 *
 * @param line bytes of the first line
 * @param fields bytes of all header lines together
 * @param count header lines
 */
public record HeadLimits(int line, int fields, int count) {
  /** 8 KiB, 32 KiB and 100 lines. */
  public static final HeadLimits DEFAULT = new HeadLimits(8 << 10, 32 << 10, 100);
}
