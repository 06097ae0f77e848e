package dev.ondine.control.policy;

import dev.ondine.model.InboundSecurity.Mtls;
import java.util.Map;

/**
 * What holds for the whole mesh; there is at most one such document, named {@link #NAME}.
 *
 * @param mtls what is demanded of callers where no {@link MeshIdentity} says otherwise
 */
public record MeshSettings(Metadata metadata, OutsideNames outsideNames, Mtls mtls)
    implements Document {
  /** The only name that the document may have. */
  public static final String NAME = "mesh";

  /** What sidecars do with traffic to names that are no mesh service. */
  public enum OutsideNames {
    /** To its original destination. */
    PASSTHROUGH,
    /** Refused. */
    DENY
  }

  /** What holds without a document. */
  public static final MeshSettings DEFAULT =
      new MeshSettings(new Metadata(NAME, "", Map.of()), OutsideNames.PASSTHROUGH, Mtls.PERMISSIVE);
}
