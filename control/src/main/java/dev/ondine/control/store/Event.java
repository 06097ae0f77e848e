package dev.ondine.control.store;

/** One change of a key. */
public sealed interface Event {
  /** What changed. */
  String key();

  /** When. */
  long revision();

  /** The key was created or replaced. */
  record Put(Entry entry) implements Event {
    @Override
    public String key() {
      return entry.key();
    }

    @Override
    public long revision() {
      return entry.modRevision();
    }
  }

  /** The key was removed, by a transaction or because its lease ended. */
  record Delete(String key, long revision) implements Event {}
}
