package dev.ondine.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CanonicalPathTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "*",
        "/admin",
        "/admin/",
        "/a/b/c.html",
        "/a.b/..c/d..",
        "/.well-known/x",
        "/...",
        "/shop.Cart/Add",
        "/a?",
        "/a?b=c",
        "/a?b=/../c//d;e%2f%zz\\",
        "/a%20b",
        "/a%3Fb",
        "/a%25b",
        "/%252e%252e/admin",
        "/%E2%82%AC",
        "/%E9",
        "/%F0%9F%98%80",
        "/%3Ba",
        "/a;b=c",
        "/a;b/c;d",
        "/a/;jsessionid=1",
        "/;jsessionid=1",
        "/a:b@c!$&'()*+,=d",
        "/a|b[c]^{d}\"<>`"
      })
  void canonicalPathIsTheVerySameString(String path) throws MalformedPathException {
    assertThat(CanonicalPath.of(path)).isSameAs(path);
  }

  @ParameterizedTest
  @CsvSource({
    "//, /",
    "///, /",
    "/./, /",
    "/., /",
    "//admin, /admin",
    "/a//b, /a/b",
    "/a///b//, /a/b/",
    "/./admin, /admin",
    "/admin/., /admin/",
    "/a/./b, /a/b",
    "/a/.., /",
    "/a/../, /",
    "/a/../admin, /admin",
    "/a/b/../../admin, /admin",
    "/a/b/../c, /a/c",
    "/a/b/.., /a/",
    "/a//../b, /b",
    "/%61dmin, /admin",
    "/%41dmin, /Admin",
    "/admi%6e, /admin",
    "/a%2Db%2e%5F%7e, /a-b._~",
    "/%2e/admin, /admin",
    "/x/%2e%2e/admin, /admin",
    "/x/.%2E/admin, /admin",
    "/x/%2e./admin, /admin",
    "/%e2%82%ac, /%E2%82%AC",
    "/a%3fb, /a%3Fb",
    "/a%3bb, /a%3Bb",
    "/\u00e2\u0082\u00ac, /%E2%82%AC",
    "/\u00e9, /%E9",
    "/a%20%62?%62%2f//.., /a%20b?%62%2f//..",
    "/x/../admin;a=b, /admin;a=b",
    "/x/..;?, !",
    "/%2561dmin, /%2561dmin"
  })
  void spellingsHaveOneForm(String spelling, String canonical) {
    assertThat(formOf(spelling)).isEqualTo(canonical);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "admin",
        "http://a/b",
        "?a",
        "*a",
        "/..",
        "/../admin",
        "/a/../../admin",
        "/%2e%2e/admin",
        "/./../admin",
        "//../admin",
        "/..;/admin",
        "/x/..;/admin",
        "/x/..;a=b/admin",
        "/.;/admin",
        "/x/.;a",
        "/x/..;",
        "/;/admin",
        "/;x/admin",
        "/x/%2e%2e;/admin",
        "/x/..%3b/admin",
        "/x/.%3B/admin",
        "/%3b/admin",
        "/a%2fb",
        "/a%2Fb",
        "/..%2fadmin",
        "/%2fadmin",
        "/a%5cb",
        "/a%5Cb",
        "/a\\b",
        "/..\\admin",
        "/x\\..\\admin",
        "/a%00",
        "/a%0a",
        "/a%0D%0Ab",
        "/a%7f",
        "/%",
        "/a%",
        "/a%2",
        "/a%g1",
        "/a%1g",
        "/a% 1",
        "/%u002e%u002e/admin",
        "/%u2215admin",
        "/%c0%ae%c0%ae/admin",
        "/%c0%af",
        "/%C1%9C",
        "/%e0%80%af",
        "/%E0%80%AE",
        "/%f0%80%80%af",
        "/%f8%80%80%80%af",
        "/\u00c0\u00ae",
        "/%e0\u0080%af",
        "/a b",
        "/a\tb",
        "/a\0b",
        "/a\rb",
        "/a\u007fb",
        "/a#b",
        "/a?b c",
        "/a?b\nc",
        "/a?b#c"
      })
  void whatServersReadDifferentlyIsRefused(String path) {
    assertThatThrownBy(() -> CanonicalPath.of(path)).isInstanceOf(MalformedPathException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "/, /",
    "*, /",
    "/admin, /admin",
    "/admin?x=1, /admin",
    "/admin?x;y, /admin",
    "/admin;a=b, /admin",
    "/admin;a=b/users;c/d?e;f, /admin/users/d",
    "/a/;jsessionid=1, /a/",
    "/;a;b, /",
    "/a%3Bb, /a%3Bb"
  })
  void parametersAndQueryAreNotMatched(String path, String matched) {
    assertThat(CanonicalPath.toMatch(path)).isEqualTo(matched);
  }

  /** The caller's and the callee's sidecar both do it: the second finds nothing to do. */
  @Test
  void canonicalFormStaysAsItIs() throws MalformedPathException {
    var pieces =
        new String[] {
          "/",
          "//",
          ".",
          "..",
          "a",
          ";",
          "%2e",
          "%2E",
          "%41",
          "%e2%82%ac",
          "%25",
          "%3b",
          "\u00e9",
          "%20",
          "?",
          "x=1",
          "~",
          "|"
        };
    var random = new Random(7);
    var accepted = 0;
    for (var n = 0; n < 20_000; n++) {
      var path = new StringBuilder("/");
      for (var i = random.nextInt(8); i >= 0; i--) {
        path.append(pieces[random.nextInt(pieces.length)]);
      }
      var once = formOf(path.toString());
      if (!once.equals(REFUSED)) {
        accepted++;
        assertThat(CanonicalPath.of(once)).as(path.toString()).isSameAs(once);
        var matched = CanonicalPath.toMatch(once);
        assertThat(matched)
            .as(path.toString())
            .startsWith("/")
            .doesNotContain("//", "/./", "/../", ";", "?");
        assertThat(matched.endsWith("/.") || matched.endsWith("/..")).isFalse();
      }
    }
    assertThat(accepted).isGreaterThan(5_000);
  }

  private static final String REFUSED = "!";

  private static String formOf(String spelling) {
    try {
      return CanonicalPath.of(spelling);
    } catch (MalformedPathException e) {
      return REFUSED;
    }
  }
}
