#!/bin/sh
# Two networks joined by a cable, in a user namespace of their own: an echo server in one, a workload
# behind its sidecar in the other. Usage: world.sh ONDINE-RUN SIDECAR (FOLDER of this file in $HERE)
set -eu
ip link set lo up
unshare --net python3 "$HERE/echo.py" &
far=$!
# shellcheck disable=SC2064
trap "kill $far" EXIT
until [ "$(readlink /proc/$far/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do sleep 0.05; done
ip link add near type veth peer name far netns $far
ip address add 10.77.0.1/24 dev near
ip link set near up
ip route add default via 10.77.0.2
nsenter --net=/proc/$far/ns/net sh -c 'ip address add 10.77.0.2/24 dev far && ip link set far up'
"$1" --service web --control 127.0.0.1:1 --wait 1s --drain 1s --sidecar "$2" -- python3 "$HERE/workload.py"
