package dev.ondine.proxy.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ondine.testkit.tls.TestCertificate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PemFilesTest {
  private static final TestCertificate EC = TestCertificate.ec();
  private static final TestCertificate RSA = TestCertificate.rsa();

  @TempDir private Path folder;
  private Path chain;
  private Path key;

  @BeforeEach
  void write() throws IOException {
    chain = EC.writeChain(folder.resolve("chain.pem"));
    key = EC.writeKey(folder.resolve("key.pem"));
  }

  private Credentials read() throws IOException {
    return new PemFiles(chain, key).read();
  }

  private void refuses(Path file, String what) {
    assertThatThrownBy(this::read)
        .isInstanceOf(IOException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining(what);
  }

  @Test
  void readsBothKindsOfKeys() throws IOException {
    assertThat(read().chain()).isEqualTo(EC.chain());
    RSA.writeChain(chain);
    RSA.writeKey(key);
    assertThat(read().key()).isEqualTo(RSA.key());
  }

  @Test
  void saysNothingOfTheKey() throws IOException {
    assertThat(read().toString()).contains("CN=localhost").doesNotContain("key");
  }

  @Test
  void missingFile() throws IOException {
    Files.delete(key);
    refuses(key, "there is no file");
  }

  @Test
  void fileWithoutCertificate() throws IOException {
    Files.writeString(chain, "hello");
    refuses(chain, "holds no certificate");
  }

  @Test
  void damagedCertificate() throws IOException {
    Files.writeString(chain, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    refuses(chain, "certificate 1 cannot be read");
  }

  @Test
  void certificatesOfOthers() throws IOException {
    Files.writeString(chain, Files.readString(chain) + Files.readString(RSA.writeChain(key)));
    refuses(chain, "did not issue certificate");
  }

  @Test
  void keyAmongCertificates() throws IOException {
    Files.writeString(chain, Files.readString(chain) + Files.readString(key));
    refuses(chain, "holds a PRIVATE KEY");
  }

  @Test
  void keyOfAnother() throws IOException {
    TestCertificate.ec().writeKey(key);
    refuses(key, "is not the key of the first certificate");
  }

  @Test
  void keyOfAnotherAlgorithm() throws IOException {
    RSA.writeKey(key);
    refuses(key, "is no EC key");
  }

  @Test
  void keyInAnotherForm() throws IOException {
    Files.writeString(key, "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n");
    refuses(key, "openssl pkcs8");
  }

  @Test
  void fileWithoutKey() throws IOException {
    EC.writeChain(key);
    refuses(key, "holds 0 private keys");
  }
}
