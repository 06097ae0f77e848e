package dev.ondine.proxy.grpcclient;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import dev.ondine.model.InvalidResourceException;
import dev.ondine.model.TrustBundle;
import dev.ondine.model.TrustBundles;
import io.grpc.MethodDescriptor;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashMap;

/** {@code ondine.v1.WorkloadIdentity.Sign} on the wire, written and read by hand. */
final class SignCall {
  private static final int MAX_CERTIFICATE = 64 << 10;

  static final MethodDescriptor<Request, SigningChannel.Signed> METHOD =
      MethodDescriptor.<Request, SigningChannel.Signed>newBuilder()
          .setType(MethodDescriptor.MethodType.UNARY)
          .setFullMethodName("ondine.v1.WorkloadIdentity/Sign")
          .setRequestMarshaller(HandMarshaller.ofRequests(SignCall::write))
          .setResponseMarshaller(HandMarshaller.ofAnswers(SignCall::read))
          .build();

  private SignCall() {}

  /**
   * What is asked for.
   *
   * @param csr in DER
   */
  record Request(ByteString csr, SigningChannel.Wish wish) {}

  private static byte[] write(Request request) throws IOException {
    var bytes = new ByteArrayOutputStream(512);
    var out = CodedOutputStream.newInstance(bytes);
    out.writeBytes(1, request.csr());
    out.writeString(2, request.wish().namespace());
    out.writeString(3, request.wish().serviceAccount());
    if (request.wish().joinToken().isPresent()) {
      out.writeString(4, request.wish().joinToken().get());
    }
    out.flush();
    return bytes.toByteArray();
  }

  private static SigningChannel.Signed read(InputStream stream) throws IOException {
    var in = CodedInputStream.newInstance(stream);
    var chain = new ArrayList<X509Certificate>();
    var bundles = new HashMap<String, TrustBundle>();
    for (var tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 1 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED -> chain.add(certificate(in));
        case 2 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED -> {
          var bundle = bundle(in.readBytes().newCodedInput());
          bundles.put(bundle.trustDomain(), bundle);
        }
        default -> in.skipField(tag); // of a later version
      }
    }
    if (chain.isEmpty()) {
      throw new IOException("there is no certificate in it");
    }
    return new SigningChannel.Signed(chain, new TrustBundles(bundles));
  }

  private static TrustBundle bundle(CodedInputStream in) throws IOException {
    var domain = "";
    var roots = new ArrayList<X509Certificate>();
    var sequence = 0L;
    for (var tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 1 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED -> domain = in.readStringRequireUtf8();
        case 2 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED -> roots.add(certificate(in));
        case 3 << 3 | WireFormat.WIRETYPE_VARINT -> sequence = in.readUInt64();
        default -> in.skipField(tag);
      }
    }
    try {
      return new TrustBundle(domain, roots, sequence);
    } catch (InvalidResourceException e) {
      throw new IOException(e);
    }
  }

  private static X509Certificate certificate(CodedInputStream in) throws IOException {
    var der = in.readByteArray();
    if (der.length > MAX_CERTIFICATE) {
      throw new IOException("a certificate of " + der.length + " bytes");
    }
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(der));
    } catch (CertificateException e) {
      throw new IOException("a certificate cannot be read", e);
    }
  }
}
