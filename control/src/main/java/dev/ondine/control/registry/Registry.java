package dev.ondine.control.registry;

import dev.ondine.control.policy.DocumentKey;
import dev.ondine.control.policy.InvalidDocumentsException;
import dev.ondine.control.policy.Problem;
import dev.ondine.control.policy.SourcedDocument;
import dev.ondine.control.store.StoreException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The single writer of the {@link World}: takes documents and registrations, stores them, and
 * publishes what follows from them.
 *
 * <p>Methods that change something block until the change is stored and published, and are for any
 * thread but an event loop. They throw {@link StoreException} when the store cannot take the
 * change; nothing is then changed.
 */
public interface Registry {
  /** The owner of documents that come by the admin API. */
  String API = "api";

  /** The world now; does not block. */
  World world();

  /** Tells the listener of every world after this one. */
  void listen(WorldListener listener);

  /**
   * Registers a workload, changes it, or renews its lease; a renewal alone is not stored.
   *
   * @throws RegistrationRefusedException on a name clash, or when the virtual IPs are exhausted
   */
  Lease register(Registration registration);

  /** Removes a registered workload at once; false when there is none. */
  boolean deregister(WorkloadKey key);

  /** What the workload last said of itself; empty for those that documents describe. */
  Optional<Registration> registration(WorkloadKey key);

  /** All documents in force, by key. */
  List<StoredDocument> documents();

  /** One document. */
  Optional<StoredDocument> document(DocumentKey key);

  /**
   * Creates or changes documents on behalf of the API, all or none.
   *
   * @throws InvalidDocumentsException when they contradict each other or what is in force
   */
  List<Applied> apply(List<SourcedDocument> documents);

  /** What {@link #apply} would do, without doing it; throws what it would throw. */
  List<Applied> check(List<SourcedDocument> documents);

  /**
   * Makes these the documents of an owner: those it had before and has no more are removed.
   *
   * @throws InvalidDocumentsException as {@link #apply} does
   */
  List<Applied> replace(String owner, List<SourcedDocument> documents);

  /**
   * Does so for several owners in one step, so that what moves from one to another never misses;
   * those that are refused keep what they had.
   *
   * @return why, by owner that is refused
   */
  Map<String, List<Problem>> replaceEach(Map<String, List<SourcedDocument>> byOwner);

  /** The owners that have documents, without {@link #API}. */
  List<String> owners();

  /**
   * Deletes a document on behalf of the API; false when there is none.
   *
   * @throws InvalidDocumentsException when a file owns it
   */
  boolean delete(DocumentKey key);
}
