package dev.ondine.control.registry;

import dev.ondine.control.policy.InvalidDocumentsException;
import dev.ondine.control.policy.SourcedDocument;
import java.util.List;

/** Looks for contradictions between documents, where there is no registry to ask. */
public final class DocumentCheck {
  private DocumentCheck() {}

  /**
   * Checks them as if nothing else were in force.
   *
   * @throws InvalidDocumentsException with every contradiction
   */
  public static void among(List<SourcedDocument> documents) {
    var draft = new Draft(Holdings.EMPTY, RegistrySettings.ALL_VIRTUAL_IPS);
    new DocumentChanges(draft, Registry.API, documents).apply();
  }
}
