package dev.ondine.xds.codec;

import dev.ondine.model.HeaderMatch;
import dev.ondine.model.PathMatch;
import dev.ondine.model.RouteMatch;
import java.util.ArrayList;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads a {@code RouteMatch}. A condition that we do not understand makes the route invalid:
 * ignored, it would match requests that it must not match.
 */
final class MatchDecoder {
  private MatchDecoder() {}

  static RouteMatch read(WireReader in) {
    @Nullable PathMatch path = null;
    var method = Optional.<String>empty();
    var headers = new ArrayList<HeaderMatch>();
    var index = 0;
    while (in.next()) {
      switch (in.field()) {
        case 1 -> path = new PathMatch.Prefix(in.string("prefix"));
        case 2 -> path = new PathMatch.Exact(in.string("path"));
        case 4 -> {
          if (!in.message("case_sensitive", CommonDecoder::boolValue)) {
            throw in.unsupported("case_sensitive");
          }
        }
        case 6 -> {
          var header = in.message("headers", index++, MatchDecoder::header);
          if (header instanceof HeaderMatch.Exact(var name, var value) && name.equals(":method")) {
            method = Optional.of(value);
          } else {
            headers.add(header);
          }
        }
        case 7 -> throw in.unsupported("query_parameters");
        case 8 -> throw in.unsupported("grpc");
        case 9 -> throw in.unsupported("runtime_fraction");
        case 10 -> path = new PathMatch.Regex(in.message("safe_regex", MatchDecoder::regex));
        case 11 -> throw in.unsupported("tls_context");
        case 12 -> throw in.unsupported("connect_matcher");
        case 13 -> throw in.unsupported("dynamic_metadata");
        case 14 -> path = new PathMatch.SegmentPrefix(in.string("path_separated_prefix"));
        case 15 -> throw in.unsupported("path_match_policy");
        case 16 -> throw in.unsupported("filter_state");
        default -> in.skip();
      }
    }
    if (path == null) {
      throw in.invalid("prefix", "is missing, as are path, safe_regex, path_separated_prefix");
    }
    return new RouteMatch(path, method, headers);
  }

  private static String regex(WireReader in) {
    var regex = "";
    while (in.next()) {
      if (in.field() == 2) {
        regex = in.string("regex");
      } else {
        in.skip();
      }
    }
    return regex;
  }

  private static HeaderMatch header(WireReader in) {
    var name = "";
    var present = true; // a matcher with nothing but a name
    @Nullable String exact = null;
    var inverted = false;
    while (in.next()) {
      switch (in.field()) {
        case 1 -> name = in.string("name").toLowerCase(Locale.ROOT);
        case 4 -> exact = in.string("exact_match");
        case 6 -> throw in.unsupported("range_match");
        case 7 -> present = in.bool("present_match");
        case 8 -> inverted = in.bool("invert_match");
        case 9 -> throw in.unsupported("prefix_match");
        case 10 -> throw in.unsupported("suffix_match");
        case 11 -> throw in.unsupported("safe_regex_match");
        case 12 -> throw in.unsupported("contains_match");
        case 13 -> exact = in.message("string_match", MatchDecoder::exactOnly);
        case 14 -> {
          if (in.bool("treat_missing_header_as_empty")) {
            throw in.unsupported("treat_missing_header_as_empty");
          }
        }
        default -> in.skip();
      }
    }
    if (name.isEmpty()) {
      throw in.invalid("name", "is missing");
    }
    if (exact == null) {
      return new HeaderMatch.Present(name, present != inverted);
    }
    if (inverted) {
      throw in.unsupported("invert_match");
    }
    return new HeaderMatch.Exact(name, exact);
  }

  /** A {@code StringMatcher}. */
  private static String exactOnly(WireReader in) {
    @Nullable String exact = null;
    while (in.next()) {
      switch (in.field()) {
        case 1 -> exact = in.string("exact");
        case 6 -> {
          if (in.bool("ignore_case")) {
            throw in.unsupported("ignore_case");
          }
        }
        default -> in.skip();
      }
    }
    if (exact == null) {
      throw in.invalid("exact", "is missing; no other string match is supported");
    }
    return exact;
  }
}
