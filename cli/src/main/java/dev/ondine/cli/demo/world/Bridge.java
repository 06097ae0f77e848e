package dev.ondine.cli.demo.world;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * A bridge in the demo's own network namespace, and a namespace for each workload that hangs on it.
 * Goes with the demo's first process, like everything in there.
 */
final class Bridge implements Network {
  /** The bridge's address: control listens there, and it is everybody's gateway. */
  static final String GATEWAY = "10.77.0.1";

  /**
   * Without one of its own a bridge takes the lowest of its ports', which changes when a workload
   * joins, and then whoever knew the old one cannot reach control for a while.
   */
  private static final String MAC = "02:00:0a:4d:00:01";

  private static final int MAX_WORKLOADS = 250;

  private int workloads;

  @Override
  public void create() throws DemoException, IOException, InterruptedException {
    Programs.run(
        List.of("ip", "-batch", "-"),
        """
        link add shop address %s type bridge
        addr add %s/16 dev shop
        link set shop up
        """
            .formatted(MAC, GATEWAY));
  }

  @Override
  public synchronized Spot join(String name, int port)
      throws DemoException, IOException, InterruptedException {
    if (workloads == MAX_WORKLOADS) {
      throw new DemoException("the demo has no addresses for more than " + workloads);
    }
    var number = ++workloads;
    var address = "10.77.1." + number;
    Programs.run(
        List.of("ip", "-batch", "-"),
        """
        netns add %s
        link add shop%d type veth peer name eth0 netns %s
        link set shop%d master shop up
        """
            .formatted(name, number, name, number));
    Programs.run(
        List.of("ip", "-n", name, "-batch", "-"),
        """
        addr add %s/16 dev eth0
        link set eth0 up
        link set lo up
        route add default via %s
        """
            .formatted(address, GATEWAY));
    return new Spot(
        address,
        port,
        List.of("--netns", name),
        List.of("nsenter", "--net=/run/netns/" + name),
        Map.of(),
        List.of());
  }

  @Override
  public String xds() {
    return GATEWAY + ":15010";
  }

  @Override
  public String admin() {
    return GATEWAY + ":15014";
  }
}
