package dev.ondine.control.api;

import com.google.protobuf.ByteString;
import dev.ondine.control.ca.Ask;
import dev.ondine.control.ca.Certificates;
import dev.ondine.control.ca.IdentityAuthority;
import dev.ondine.control.ca.RefusedException;
import dev.ondine.model.TrustBundle;
import dev.ondine.proto.v1.SignRequest;
import dev.ondine.proto.v1.SignResponse;
import dev.ondine.proto.v1.WorkloadIdentityGrpc;
import dev.ondine.xds.transport.CallPeer;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;

/** Signs workloads' certificates: the gRPC form of {@link IdentityAuthority}. */
final class WorkloadIdentityService extends WorkloadIdentityGrpc.WorkloadIdentityImplBase {
  private final IdentityAuthority authority;

  WorkloadIdentityService(IdentityAuthority authority) {
    this.authority = authority;
  }

  @Override
  public void sign(SignRequest request, StreamObserver<SignResponse> answer) {
    try {
      var signed = authority.sign(request.getCsr().toByteArray(), ask(request));
      var response = SignResponse.newBuilder();
      signed.chain().forEach(one -> response.addChain(ByteString.copyFrom(Certificates.der(one))));
      answer.onNext(response.addBundles(bundle(signed.bundle())).build());
      answer.onCompleted();
    } catch (RefusedException e) {
      answer.onError(status(e).asRuntimeException());
    }
  }

  private static Ask ask(SignRequest request) {
    var proof =
        switch (request.getProofCase()) {
          case JOIN_TOKEN -> new Ask.Proof.JoinToken(request.getJoinToken());
          case SERVICE_ACCOUNT_TOKEN ->
              new Ask.Proof.ServiceAccountToken(request.getServiceAccountToken());
          case PROOF_NOT_SET -> new Ask.Proof.Connection();
        };
    var peer = CallPeer.current();
    return new Ask(
        request.getNamespace(),
        request.getServiceAccount(),
        proof,
        new Ask.Caller(peer.identity(), peer.uid(), peer.address()));
  }

  private static SignResponse.TrustBundle bundle(TrustBundle bundle) {
    var message =
        SignResponse.TrustBundle.newBuilder()
            .setTrustDomain(bundle.trustDomain())
            .setSequence(bundle.sequence());
    bundle.roots().forEach(root -> message.addRoots(ByteString.copyFrom(Certificates.der(root))));
    return message.build();
  }

  private static Status status(RefusedException refused) {
    var status =
        switch (refused.refusal().kind()) {
          case WRONG -> Status.INVALID_ARGUMENT;
          case UNPROVEN -> Status.UNAUTHENTICATED;
          case FORBIDDEN -> Status.PERMISSION_DENIED;
          case UNSUPPORTED -> Status.UNIMPLEMENTED;
          case NOT_NOW -> Status.UNAVAILABLE;
        };
    return status.withDescription(refused.text());
  }
}
