package dev.ondine.xds.codec;

import dev.ondine.model.AppProtocol;
import dev.ondine.model.Locality;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Reads the messages that several resources are made of. */
final class CommonDecoder {
  /** The greatest that protobuf allows: about 10,000 years. */
  private static final long MAX_SECONDS = 315_576_000_000L;

  private CommonDecoder() {}

  /** A {@code google.protobuf.Duration}, not negative. */
  static Duration duration(WireReader in) {
    var seconds = 0L;
    var nanos = 0L;
    while (in.next()) {
      switch (in.field()) {
        case 1 -> seconds = in.int64("seconds");
        case 2 -> nanos = in.int64("nanos");
        default -> in.skip();
      }
    }
    if (seconds < 0 || seconds > MAX_SECONDS) {
      throw in.invalid("seconds", seconds + " is not between 0 and " + MAX_SECONDS);
    }
    if (nanos < 0 || nanos > 999_999_999) {
      throw in.invalid("nanos", nanos + " is not between 0 and 999999999");
    }
    return Duration.ofSeconds(seconds, nanos);
  }

  /** A {@code google.protobuf.UInt32Value}. */
  static int uint32Value(WireReader in) {
    var value = 0;
    while (in.next()) {
      if (in.field() == 1) {
        value = in.uint32("value");
      } else {
        in.skip();
      }
    }
    return value;
  }

  /** A {@code google.protobuf.BoolValue}. */
  static boolean boolValue(WireReader in) {
    var value = false;
    while (in.next()) {
      if (in.field() == 1) {
        value = in.bool("value");
      } else {
        in.skip();
      }
    }
    return value;
  }

  /** A {@code config.core.v3.Locality}. */
  static Locality locality(WireReader in) {
    var region = "";
    var zone = "";
    var subZone = "";
    while (in.next()) {
      switch (in.field()) {
        case 1 -> region = in.string("region");
        case 2 -> zone = in.string("zone");
        case 3 -> subZone = in.string("sub_zone");
        default -> in.skip();
      }
    }
    return region.isEmpty() && zone.isEmpty() && subZone.isEmpty()
        ? Locality.UNKNOWN
        : new Locality(region, zone, subZone);
  }

  /** Of a {@code config.core.v3.Metadata} what is ours; see {@link OndineMetadata}. */
  static Map<String, String> ourMetadata(WireReader in) {
    return metadata(in, Set.of(OndineMetadata.KEY)).getOrDefault(OndineMetadata.KEY, Map.of());
  }

  /** Of a {@code config.core.v3.Metadata} what has one of these keys. */
  static Map<String, Map<String, String>> metadata(WireReader in, Set<String> keys) {
    var found = new HashMap<String, Map<String, String>>();
    while (in.next()) {
      if (in.field() == 1) {
        var entry = in.message("filter_metadata", each -> metadataEntry(each, keys));
        if (keys.contains(entry.getKey())) {
          found.put(entry.getKey(), entry.getValue());
        }
      } else {
        in.skip();
      }
    }
    return found;
  }

  private static Map.Entry<String, Map<String, String>> metadataEntry(
      WireReader in, Set<String> keys) {
    var key = "";
    var fields = Map.<String, String>of();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> key = in.string("key");
        case 2 -> {
          // Writers put the key first. Of others' metadata nothing is built.
          if (key.isEmpty() || keys.contains(key)) {
            fields = in.message("value", CommonDecoder::struct);
          } else {
            in.skip();
          }
        }
        default -> in.skip();
      }
    }
    return Map.entry(key, fields);
  }

  /** Of a {@code google.protobuf.Struct} the strings, numbers and booleans, as text. */
  static Map<String, String> struct(WireReader in) {
    var fields = new HashMap<String, String>();
    while (in.next()) {
      if (in.field() == 1) {
        var entry = in.message("fields", CommonDecoder::structEntry);
        fields.put(entry.getKey(), entry.getValue());
      } else {
        in.skip();
      }
    }
    return fields;
  }

  private static Map.Entry<String, String> structEntry(WireReader in) {
    var key = "";
    var value = "";
    while (in.next()) {
      switch (in.field()) {
        case 1 -> key = in.string("key");
        case 2 -> value = in.message("value", CommonDecoder::structValue);
        default -> in.skip();
      }
    }
    return Map.entry(key, value);
  }

  private static String structValue(WireReader in) {
    var text = "";
    while (in.next()) {
      switch (in.field()) {
        case 2 -> text = number(in.float64("number_value"));
        case 3 -> text = in.string("string_value");
        case 4 -> text = Boolean.toString(in.bool("bool_value"));
        default -> in.skip();
      }
    }
    return text;
  }

  /** A number as text: {@code 8080}, not {@code 8080.0}. */
  private static String number(double number) {
    return number == Math.rint(number) && Math.abs(number) < 1L << 53
        ? Long.toString((long) number)
        : Double.toString(number);
  }

  /** The protocol in our metadata. */
  static AppProtocol protocol(WireReader in, String text) {
    return AppProtocol.of(text)
        .orElseThrow(
            () ->
                in.invalid(
                    "metadata." + OndineMetadata.PROTOCOL,
                    "'"
                        + text
                        + "' is none of "
                        + Arrays.stream(AppProtocol.values()).map(AppProtocol::text).toList()));
  }
}
