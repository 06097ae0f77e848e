package dev.ondine.xds.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.ByteString;
import dev.ondine.model.ClusterEndpoints;
import dev.ondine.model.InvalidResourceException;
import dev.ondine.xds.codec.encode.Encoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What we write we read back as the same record; what is damaged is refused, never worse. */
class RoundTripTest {
  private static final int ROUNDS = 500;

  private final Random random = new Random(20_260_101);
  private final RandomRecords records = new RandomRecords(random);

  @Test
  void listeners() {
    for (var i = 0; i < ROUNDS; i++) {
      var listener = records.listener();
      assertThat(Decoder.listener(Encoder.encode(listener).getValue())).isEqualTo(listener);
    }
  }

  @Test
  void routes() {
    for (var i = 0; i < ROUNDS; i++) {
      var routes = records.routes();
      assertThat(Decoder.routes(Encoder.encode(routes).getValue())).isEqualTo(routes);
    }
  }

  @Test
  void clusters() {
    for (var i = 0; i < ROUNDS; i++) {
      var cluster = records.cluster();
      assertThat(Decoder.cluster(Encoder.encode(cluster).getValue())).isEqualTo(cluster);
    }
  }

  @Test
  void trustBundles() {
    for (var i = 0; i < ROUNDS; i++) {
      var bundles = records.trustBundles();
      assertThat(Decoder.secret(Encoder.encode(bundles).getValue())).isEqualTo(bundles);
    }
  }

  @Test
  void inboundSecurity() {
    for (var i = 0; i < ROUNDS; i++) {
      var security = records.inboundSecurity();
      assertThat(Decoder.inbound(Encoder.encode(security).getValue())).isEqualTo(security);
    }
  }

  /** Roots without a trust domain could vouch for any name. */
  @Test
  void rootsOfNoTrustDomainAreRefused() {
    var bundle = records.trustBundles().byDomain().values().iterator().next();
    assertThatExceptionOfType(InvalidResourceException.class)
        .isThrownBy(() -> Decoder.secret(Encoder.encode(bundle).getValue()))
        .withMessageContaining("trusted_ca");
  }

  @Test
  void endpointsInAnyOrder() {
    for (var i = 0; i < ROUNDS; i++) {
      var endpoints = records.endpoints();
      var read = Decoder.endpoints(Encoder.encode(endpoints).getValue());
      assertThat(read.cluster()).isEqualTo(endpoints.cluster());
      assertThat(read.endpoints()).containsExactlyInAnyOrderElementsOf(endpoints.endpoints());
    }
  }

  @Test
  void equalEndpointsHaveEqualBytesInWhateverOrderTheyCome() {
    for (var i = 0; i < ROUNDS; i++) {
      var endpoints = records.endpoints();
      var shuffled = new ArrayList<>(endpoints.endpoints());
      Collections.shuffle(shuffled, random);
      assertThat(Encoder.encode(new ClusterEndpoints(endpoints.cluster(), shuffled)))
          .isEqualTo(Encoder.encode(endpoints));
    }
  }

  @ParameterizedTest
  @EnumSource
  void aTruncatedResourceIsRefusedOrIsAValidShorterOne(ResourceType type) {
    var bytes = encoded(type);
    for (var length = 0; length < bytes.size(); length++) {
      decodes(type, bytes.substring(0, length));
    }
  }

  @ParameterizedTest
  @EnumSource
  void aDamagedResourceNeverFailsInAnyOtherWay(ResourceType type) {
    for (var round = 0; round < 4 * ROUNDS; round++) {
      var bytes = encoded(type).toByteArray();
      for (var i = 0; i < 1 + random.nextInt(4); i++) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      decodes(type, ByteString.copyFrom(bytes));
    }
  }

  /** No reader calls itself, so messages cannot nest deeper than ours do; unknown groups could. */
  @Test
  void nestingIsLimited() {
    var groups = new byte[10_000];
    Arrays.fill(groups, (byte) ((9 << 3) | 3)); // each opens a group in the one before

    assertThatExceptionOfType(InvalidResourceException.class)
        .isThrownBy(() -> Decoder.cluster(ByteString.copyFrom(groups)))
        .withMessageContaining("too many levels of nesting");
  }

  @Test
  void sizeIsLimited() {
    assertThatExceptionOfType(InvalidResourceException.class)
        .isThrownBy(() -> Decoder.cluster(ByteString.copyFrom(new byte[WireReader.MAX_BYTES + 1])))
        .withMessageContaining("more than 4194304");
  }

  private ByteString encoded(ResourceType type) {
    var any =
        switch (type) {
          case CLUSTER -> Encoder.encode(records.cluster());
          case ENDPOINTS -> Encoder.encode(records.endpoints());
          case LISTENER -> Encoder.encode(records.listener());
          case ROUTES -> Encoder.encode(records.routes());
          case SECRET -> Encoder.encode(records.trustBundles());
          case INBOUND -> Encoder.encode(records.inboundSecurity());
        };
    return any.getValue();
  }

  /** Reads it, or finds it invalid and says where. */
  private static void decodes(ResourceType type, ByteString bytes) {
    try {
      assertThat(Decoder.decode(type, bytes)).isInstanceOf(type.model());
    } catch (InvalidResourceException e) {
      assertThat(e.path()).isNotBlank();
    }
  }
}
