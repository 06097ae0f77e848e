package dev.ondine.proxy.discovery.dns;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.handler.codec.dns.DatagramDnsQuery;
import io.netty.handler.codec.dns.DatagramDnsQueryEncoder;
import io.netty.handler.codec.dns.DatagramDnsResponse;
import io.netty.handler.codec.dns.DatagramDnsResponseDecoder;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DnsRawRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsSection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

/** DNS as another implementation, Netty's, writes and reads it. */
final class DnsMessages {
  static final int ID = 4711;
  private static final InetSocketAddress ANYONE =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 53);

  private DnsMessages() {}

  /** What a client makes of a reply. */
  public record Read(int id, String code, List<String> addresses, long ttl) {}

  static byte[] query(String name, DnsRecordType type) {
    var query = new DatagramDnsQuery(null, ANYONE, ID);
    query.setRecursionDesired(true);
    query.addRecord(DnsSection.QUESTION, new DefaultDnsQuestion(name, type));
    var channel = new EmbeddedChannel(new DatagramDnsQueryEncoder());
    channel.writeOutbound(query);
    DatagramPacket packet = channel.readOutbound();
    try {
      return ByteBufUtil.getBytes(packet.content());
    } finally {
      packet.release();
    }
  }

  static byte[] a(String name) {
    return query(name, DnsRecordType.A);
  }

  static Read read(byte[] reply) {
    var channel = new EmbeddedChannel(new DatagramDnsResponseDecoder());
    channel.writeInbound(new DatagramPacket(Unpooled.wrappedBuffer(reply), ANYONE, ANYONE));
    DatagramDnsResponse response = channel.readInbound();
    try {
      var addresses = new ArrayList<String>();
      var ttl = -1L;
      for (var i = 0; i < response.count(DnsSection.ANSWER); i++) {
        DnsRawRecord answer = response.recordAt(DnsSection.ANSWER, i);
        addresses.add(
            InetAddress.getByAddress(ByteBufUtil.getBytes(answer.content())).getHostAddress());
        ttl = answer.timeToLive();
      }
      return new Read(response.id(), response.code().toString(), addresses, ttl);
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    } finally {
      response.release();
    }
  }
}
