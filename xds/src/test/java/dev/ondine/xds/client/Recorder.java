package dev.ondine.xds.client;

import dev.ondine.xds.client.ResourceState.Absent;
import dev.ondine.xds.client.ResourceState.Denied;
import dev.ondine.xds.client.ResourceState.Pending;
import dev.ondine.xds.client.ResourceState.Present;
import java.util.ArrayList;
import java.util.List;

/** A watcher that remembers what it was told, in short words. */
final class Recorder implements AdsClient.ResourceWatcher {
  final List<String> told = new ArrayList<>();

  @Override
  public void changed(ResourceState state) {
    told.add(
        switch (state) {
          case Pending() -> "pending";
          case Present(var name, var version, _) -> name + "@" + version;
          case Absent() -> "absent";
          case Denied(var reason) -> "denied: " + reason;
        });
  }

  String last() {
    return told.getLast();
  }
}
