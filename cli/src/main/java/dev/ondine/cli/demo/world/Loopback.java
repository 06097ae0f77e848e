package dev.ondine.cli.demo.world;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The machine's own loopback, where nothing can be intercepted: programs are told the port of their
 * sidecar as an HTTP proxy. What is no HTTP does not pass the mesh then.
 */
final class Loopback implements Network {
  private static final String HOST = "127.0.0.1";

  /** Those that a sidecar opens, counted from its first port. */
  private static final List<Integer> SIDECAR_PORTS = List.of(0, 1, 2, 6, 53);

  private static final int EXPLICIT = 2;
  private static final int FIRST_BLOCK = 21_000;
  private static final int BLOCK = 100;
  private static final int LAST_BLOCK = 32_000;

  private final Path runRoot;
  private final String xds;
  private final String admin;
  private int block = FIRST_BLOCK;

  Loopback(Path runRoot) throws IOException {
    this.runRoot = runRoot;
    var free = freePorts(2);
    this.xds = HOST + ":" + free.get(0);
    this.admin = HOST + ":" + free.get(1);
  }

  @Override
  public void create() {
    // it is there
  }

  @Override
  public synchronized Spot join(String name, int port) throws DemoException, IOException {
    var sidecar = freeBlock();
    var free = port == 0 ? 0 : freePorts(1).getFirst();
    var proxy = "http://" + HOST + ":" + (sidecar + EXPLICIT);
    var environment = new HashMap<>(Map.of("http_proxy", proxy, "PORT", Integer.toString(free)));
    environment.put("ONDINE_RUN_ROOT", runRoot.toString());
    // Who speaks another protocol asks the proxy for a tunnel.
    environment.put("all_proxy", proxy);
    return new Spot(
        HOST,
        free,
        List.of("--mode", "explicit", "--base-port", Integer.toString(sidecar)),
        List.of("env", "http_proxy=" + proxy),
        environment,
        List.of("--inbound=" + HOST + ":0", "--explicit=" + HOST + ":0"));
  }

  @Override
  public String xds() {
    return xds;
  }

  @Override
  public String admin() {
    return admin;
  }

  private int freeBlock() throws DemoException {
    while (block < LAST_BLOCK) {
      var first = block;
      block += BLOCK;
      if (SIDECAR_PORTS.stream().allMatch(offset -> isFree(first + offset))) {
        return first;
      }
    }
    throw new DemoException("no free ports from " + FIRST_BLOCK + " to " + LAST_BLOCK);
  }

  private static boolean isFree(int port) {
    try (var socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException _) {
      return false;
    }
  }

  /** All are held until all are chosen, so that no two are the same. */
  private static List<Integer> freePorts(int count) throws IOException {
    var sockets = new ArrayList<ServerSocket>();
    try {
      for (var i = 0; i < count; i++) {
        sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
      }
      return sockets.stream().map(ServerSocket::getLocalPort).toList();
    } finally {
      for (var socket : sockets) {
        socket.close();
      }
    }
  }
}
