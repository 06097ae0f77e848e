package dev.ondine.proxy.detect;

import static dev.ondine.proxy.detect.Hello.extension;
import static dev.ondine.proxy.detect.Hello.name;
import static dev.ondine.proxy.detect.Hello.names;
import static dev.ondine.proxy.detect.Hello.record;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientHelloTest {
  private static final ServerName ORDERS = new ServerName.Named("orders.shop.mesh");

  private static ServerName read(byte[] bytes) {
    return ClientHello.read(ByteBuffer.wrap(bytes));
  }

  private static Arguments of(String why, Consumer<Hello> change) {
    var hello = new Hello();
    change.accept(hello);
    return Arguments.of(why, hello.bytes());
  }

  private static Arguments raw(String why, String hex) {
    return Arguments.of(why, HexFormat.of().parseHex(hex));
  }

  // ---- one line a case: what is wrong, and the bytes
  // ----------------------------------------------

  static Stream<Arguments> malformed() {
    var good = new Hello().message();
    return Stream.of(
        raw("a record of 0 bytes", "1603010000"),
        raw("a record of 16385 bytes", "1603014001" + "01"),
        raw("an unknown version of its record", "16020000040100"),
        raw("an unknown version of its record", "16030500040100"),
        raw("a record of another type within it", "1603010004010000ff" + "1703030001" + "00"),
        raw("another message", "1603010004" + "02000000"),
        raw("a message of 16385 bytes", "1603014000" + "01003ffd"),
        Arguments.of("bytes after it in the same record", record(good + "00")),
        Arguments.of("in more than 64 records", Hello.records(good, 2)),
        Arguments.of("its version are cut off", record("01000000")),
        Arguments.of("its random are cut off", record("01000003" + "030300")),
        of("an unknown version", hello -> hello.version = "0203"),
        of("a session id of 33 bytes", hello -> hello.session = "21" + "cd".repeat(33)),
        of("cipher suites of 0 bytes", hello -> hello.suites = "0000"),
        of("cipher suites of 3 bytes", hello -> hello.suites = "0003" + "130113"),
        of("no compression method", hello -> hello.compression = "00"),
        of("its extension are cut off", hello -> hello.after = "00"),
        of("its extension 16 are cut off", hello -> hello.after = "00100005" + "00"),
        of("extension 10 twice", hello -> hello.after = extension("000a", "")),
        of("extension 0 twice", hello -> hello.serverName += hello.serverName),
        of("its server names are cut off", hello -> hello.serverName = extension("0000", "")),
        of("its server names are cut off", hello -> hello.serverName = extension("0000", "0009")),
        of(
            "bytes after the server names",
            hello -> hello.serverName = extension("0000", names(name("a")) + "00")),
        of(
            "its kind of server name are cut off",
            hello -> hello.serverName = extension("0000", "0000")),
        of(
            "an unknown kind of server name",
            hello -> hello.serverName = extension("0000", names("01000161"))),
        of(
            "more than one server name",
            hello -> hello.serverName = extension("0000", names(name("a") + name("b")))),
        of("a host name of 0 bytes", hello -> hello.serverName = Hello.to("").serverName),
        of(
            "a host name of 256 bytes",
            hello -> hello.serverName = Hello.to("a".repeat(256)).serverName),
        of("a host name with byte 0", hello -> hello.serverName = Hello.to("a\0b").serverName),
        of("a host name with byte 32", hello -> hello.serverName = Hello.to("a b").serverName),
        of("a host name with byte 58", hello -> hello.serverName = Hello.to("a:80").serverName),
        of("a host name with byte 47", hello -> hello.serverName = Hello.to("a/b").serverName),
        of("a host name with byte 42", hello -> hello.serverName = Hello.to("*.b").serverName));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void malformed(String why, byte[] bytes) {
    assertThat(read(bytes)).isEqualTo(new ServerName.Malformed(why));
  }

  // ---- what is right
  // ------------------------------------------------------------------------------

  @Test
  void nameIsFoundAmongOtherExtensions() {
    assertThat(read(new Hello().bytes())).isEqualTo(ORDERS);
    assertThat(read(Hello.to("ORDERS.Shop.mesh").bytes())).isEqualTo(ORDERS);
  }

  @Test
  void whatComesBeforeAndAfterInTheBufferDoesNotMatter() {
    var bytes = new Hello().bytes();
    var buffer = ByteBuffer.allocate(bytes.length + 7).position(3).put(bytes).flip().position(3);

    assertThat(ClientHello.read(buffer)).isEqualTo(ORDERS);
    assertThat(buffer.position()).isEqualTo(3);
  }

  @Test
  void earlyDataMayFollowInRecordsOfItsOwn() {
    var bytes = new Hello().bytes();
    var more = Arrays.copyOf(bytes, bytes.length + 6);
    more[bytes.length] = 23;

    assertThat(read(more)).isEqualTo(ORDERS);
  }

  @Test
  void helloWithoutNameOrWithoutExtensionsNamesNobody() {
    var hello = new Hello();
    hello.serverName = "";
    assertThat(read(hello.bytes())).isEqualTo(ServerName.UNNAMED);

    var old = hello.version + hello.random + hello.session + hello.suites + hello.compression;
    assertThat(read(record("01" + Hello.vector(3, old)))).isEqualTo(ServerName.UNNAMED);
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 5, 33, 100})
  void messageMayBeSpreadOverRecords(int size) {
    assertThat(read(Hello.records(new Hello().message(), size))).isEqualTo(ORDERS);
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 100, 10_000})
  void everyBeginningAsksForMore(int recordSize) {
    var bytes = Hello.records(new Hello().message(), recordSize);

    for (var size = 0; size < bytes.length; size++) {
      assertThat(read(Arrays.copyOf(bytes, size))).isEqualTo(ServerName.NEED_MORE);
    }
  }

  @Test
  void longestIsRead() {
    var hello = new Hello();
    var room = ClientHello.MAX_BYTES - hello.bytes().length - 4;
    hello.after += extension("0015", "00".repeat(room));
    assertThat(hello.bytes()).hasSize(ClientHello.MAX_BYTES);

    assertThat(read(hello.bytes())).isEqualTo(ORDERS);
  }

  @Test
  void helloOfTheJdkIsRead() throws Exception {
    var engine = SSLContext.getDefault().createSSLEngine();
    engine.setUseClientMode(true);
    var parameters = engine.getSSLParameters();
    parameters.setServerNames(List.of(new SNIHostName("orders")));
    engine.setSSLParameters(parameters);
    var bytes = ByteBuffer.allocate(32_768);
    engine.wrap(ByteBuffer.allocate(0), bytes);

    assertThat(ClientHello.read(bytes.flip())).isEqualTo(new ServerName.Named("orders"));
  }

  /** No input makes it throw, read past the end, or change its mind when more comes. */
  @Test
  void onceItIsDecidedItStaysSo() {
    var random = new java.util.Random(7);
    var good = Hello.records(new Hello().message(), 40);
    for (var round = 0; round < 2_000; round++) {
      var bytes = good.clone();
      for (var i = random.nextInt(3); i >= 0; i--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      ServerName decided = null;
      for (var size = 0; size <= bytes.length; size++) {
        var now = read(Arrays.copyOf(bytes, size));
        if (decided != null) {
          assertThat(now).isEqualTo(decided);
        } else if (!now.equals(ServerName.NEED_MORE)) {
          decided = now;
        }
      }
    }
  }
}
