package dev.ondine.proxy.discovery.dns;

import java.util.Arrays;

/** Answers made here (RFC 1035, 4.1): the header, the question as it was asked, one address. */
final class Reply {
  private static final int NO_ERROR = 0;
  private static final int FORMAT_ERROR = 1;
  private static final int SERVER_FAILURE = 2;
  private static final int NO_SUCH_NAME = 3;
  private static final int ADDRESS_RECORD = 16;

  private Reply() {}

  /** There is such a name, and this is its IPv4 address. */
  static byte[] address(byte[] query, Question question, byte[] ip, int ttlSeconds) {
    var reply = reply(query, question.end(), question.end() + ADDRESS_RECORD, NO_ERROR);
    reply[7] = 1; // one answer
    var at = question.end();
    put(reply, at, 0xc000 | Question.HEADER); // the name: where the question has it
    put(reply, at + 2, Question.A);
    put(reply, at + 4, Question.INTERNET);
    put(reply, at + 6, ttlSeconds >>> 16);
    put(reply, at + 8, ttlSeconds);
    put(reply, at + 10, ip.length);
    System.arraycopy(ip, 0, reply, at + 12, ip.length);
    return reply;
  }

  /** There is such a name, but nothing of this type (RFC 2308, NODATA). */
  static byte[] noData(byte[] query, Question question) {
    return reply(query, question.end(), question.end(), NO_ERROR);
  }

  /** There is no such name. */
  static byte[] noSuchName(byte[] query, Question question) {
    return reply(query, question.end(), question.end(), NO_SUCH_NAME);
  }

  /** No answer could be had. */
  static byte[] failure(byte[] query, Question question) {
    return reply(query, question.end(), question.end(), SERVER_FAILURE);
  }

  /** The query makes no sense; {@code query} has at least a header. */
  static byte[] malformed(byte[] query) {
    var reply = reply(query, Question.HEADER, Question.HEADER, FORMAT_ERROR);
    put(reply, 4, 0); // the question is not repeated
    return reply;
  }

  /** A copy of the message under another id. */
  static byte[] withId(byte[] message, int id) {
    var copy = message.clone();
    put(copy, 0, id);
    return copy;
  }

  private static byte[] reply(byte[] query, int copied, int length, int code) {
    var reply = Arrays.copyOf(Arrays.copyOf(query, copied), length);
    var recursionDesired = query[2] & 0x01;
    reply[2] = (byte) (0x84 | recursionDesired); // a response, authoritative
    reply[3] = (byte) (0x80 | code); // recursion available
    put(reply, 6, 0);
    put(reply, 8, 0);
    put(reply, 10, 0);
    return reply;
  }

  private static void put(byte[] message, int at, int value) {
    message[at] = (byte) (value >> 8);
    message[at + 1] = (byte) value;
  }
}
