# shellcheck shell=sh disable=SC2015,SC2034,SC2154,SC2317 # a part of ondine-run: shares its variables and functions
# Interception by network namespace: where we are, the rules, and the proof that they work.

# Enters the namespace that --netns names and starts over in it. Only the network is entered:
# `ip netns exec` would also hide /sys/fs/cgroup.
enter_netns() {
  [ -n "$netns" ] || return 0
  case $netns in
    */*) netns_path=$netns ;;
    *) netns_path=/run/netns/$netns ;;
  esac
  [ -e "$netns_path" ] || usage_error "--netns '$netns': there is no $netns_path"
  [ "$(stat -Lc %i "$netns_path")" != "$(stat -Lc %i /proc/self/ns/net)" ] || return 0
  need_tool nsenter util-linux
  exec nsenter --net="$netns_path" -- "$here/ondine-run" "$@"
}

need_tool() {
  command -v "$1" >/dev/null || fail 125 "$1 is missing: install the package $2"
}

check_tools() {
  for check_tool in flock setsid setpriv; do
    need_tool "$check_tool" util-linux
  done
}

# Why interception is not possible here, in `obstacle`; fails when it is.
find_obstacle() {
  obstacle=''
  if [ "$(id -u)" -eq 0 ]; then
    need_tool nft nftables
    need_tool ip iproute2
  fi
  if ! command -v nft >/dev/null || ! obstacle_text=$(nft list tables 2>&1); then
    obstacle="this user may not set packet rules here${obstacle_text:+ ($(echo "$obstacle_text" | head -n 1))}"
  elif [ "$mode" = auto ] && is_machine_netns; then
    obstacle="this is the machine's own network namespace, where rules would take every process's traffic (--mode netns does it all the same, --netns NAME enters another)"
  fi
  [ -n "$obstacle" ]
}

# True in the network namespace that the machine booted with, as far as that can be seen: a
# container's pid namespace is not the initial one, whose inode is fixed.
is_machine_netns() {
  [ "$(readlink /proc/self/ns/net)" = 'net:[4026531833]' ] && return 0 # fixed since Linux 6.18
  [ "$(readlink /proc/self/ns/pid)" = 'pid:[4026531836]' ] &&
    [ "$(readlink /proc/1/ns/net 2>/dev/null)" = "$(readlink /proc/self/ns/net)" ]
}

choose_mode() {
  [ "$mode" != explicit ] || return 0
  if find_obstacle; then
    [ "$mode" = auto ] || fail 125 "cannot intercept: $obstacle"
    say "no interception: $obstacle"
    mode=explicit
    return
  fi
  mode=netns
}

# Mesh names resolve to virtual IPs, which have to be routed somewhere before they are redirected.
check_routes() {
  has_route=1
  if ! ip -4 route get 240.240.0.1 >/dev/null 2>&1; then
    has_route=0
    say "no default route: calls to mesh names will fail, because their virtual IPs (240.240.0.0/16) lead nowhere; add one with: ip route add default via ADDRESS"
  fi
}

# Rules of a dead supervisor go; those of a living one are a reason not to start.
remove_stale_rules() {
  stale=$(nft list table inet ondine 2>/dev/null) || return 0
  stale=$(echo "$stale" | sed -n 's/.*comment "\(instance=[^"]*\)".*/\1/p' | head -n 1)
  stale_instance='' stale_pid='' stale_started='' stale_pidns=''
  for stale_word in $stale; do
    case $stale_word in
      instance=*) stale_instance=${stale_word#*=} ;;
      pid=*) stale_pid=${stale_word#*=} ;;
      started=*) stale_started=${stale_word#*=} ;;
      pidns=*) stale_pidns=${stale_word#*=} ;;
    esac
  done
  if [ "$stale_pidns" = "$(pid_namespace)" ]; then
    started_at "${stale_pid:-0}" && [ "$started" = "$stale_started" ] &&
      give_up 125 "this network namespace is already intercepted for $stale_instance (supervisor pid $stale_pid)"
  elif [ "$stale_instance" != "$instance.$namespace" ]; then
    # Whether it lives cannot be seen from here. Our own name is ours again: a restarted container.
    give_up 125 "this network namespace is already intercepted for $stale_instance, by a supervisor in another pid namespace; if it is dead: nft delete table inet ondine"
  fi
  stale_dir=$run_root/${stale_instance#*.}/${stale_instance%%.*}
  if [ -d "$stale_dir" ] && [ "$stale_dir" != "$run_dir" ]; then
    clean_up_after_killed "$stale_dir"
  else
    say "removing the rules that a killed supervisor of $stale_instance left"
    nft delete table inet ondine
  fi
}

pid_namespace() {
  readlink /proc/self/ns/pid | tr -dc 0-9
}

# The table, in nft's language. A NAT chain sees the first packet of each connection.
# shellcheck disable=SC2086 # lists are words
print_rules() {
  set -- "$(join_with , $target_ports)" "$(join_with , $exclude_ports)" "$(join_with , $exclude_uids)"
  started_at $$
  cat <<RULES
create table inet ondine { comment "instance=$instance.$namespace pid=$$ started=$started pidns=$(pid_namespace)"; }
table inet ondine {
  counter own { }
  counter dns { }
  counter inbound { }
  counter inbound_local { }
  counter outbound { }
  counter udp_untouched { }
  counter udp_sent { }
  counter udp_received { }
  counter excluded { }

  set workload_ports {
    type inet_service
    ${1:+elements = { $1 \}}
  }

  # The sidecar's own connections. From loopback it calls the workload; to another local address it
  # calls this instance as one of the mesh, which is to pass the inbound side like all others.
  chain own_traffic {
    ip saddr 127.0.0.0/8 counter name own return
    ip6 saddr ::1 counter name own return
    fib daddr type local tcp dport @workload_ports counter name inbound_local redirect to :$inbound_port
    counter name own return
  }

  chain output {
    type nat hook output priority -100; policy accept;
    ${sidecar_uid:+meta skuid $sidecar_uid goto own_traffic}
    ${sidecar_mark:+meta mark $sidecar_mark goto own_traffic}
    ${3:+meta skuid { $3 \} counter name excluded return}
    ${2:+tcp dport { $2 \} counter name excluded return}
    ${2:+udp dport { $2 \} counter name excluded return}
$(for cidr in $exclude_cidrs; do
    case $cidr in
      *:*) echo "    ip6 daddr $cidr counter name excluded return" ;;
      *) echo "    ip daddr $cidr counter name excluded return" ;;
    esac
  done)
    udp dport 53 counter name dns redirect to :$dns_port
    tcp dport 53 counter name dns redirect to :$dns_port
    meta l4proto udp counter name udp_untouched return
    meta l4proto != tcp return
    # Local callers too meet the inbound side; what else is local is the workload's own business.
    fib daddr type local tcp dport @workload_ports counter name inbound_local redirect to :$inbound_port
    fib daddr type local return
    # A link-local address means nothing without its interface, which a redirect loses.
    ip6 daddr fe80::/10 return
    meta l4proto tcp counter name outbound redirect to :$outbound_port
  }

  # Count every packet of UDP but DNS: of a flow the chains above see the first one only. Before NAT
  # changes the port of a query, and after it has changed that of an answer back.
  chain udp_sent {
    type filter hook output priority -150; policy accept;
    meta l4proto != udp return
    udp dport 53 return
    udp sport $dns_port return
    counter name udp_sent
  }

  chain udp_received {
    type filter hook input priority 150; policy accept;
    meta l4proto != udp return
    udp sport 53 return
    udp dport $dns_port return
    counter name udp_received
  }

  chain prerouting {
    type nat hook prerouting priority dstnat; policy accept;
    fib daddr type local tcp dport @workload_ports counter name inbound redirect to :$inbound_port
  }
}
RULES
}

# `join_with , a b c` prints a,b,c
join_with() {
  join_result=''
  join_separator=$1
  shift
  for join_word in "$@"; do
    join_result=$join_result${join_result:+$join_separator}$join_word
  done
  echo "$join_result"
}

rules_loaded=''
load_rules() {
  if ! rules_error=$(print_rules | nft -f - 2>&1); then
    say "nft refused the rules: $rules_error"
    return 1
  fi
  rules_loaded=1
  readlink /proc/self/ns/net >"$run_dir/netns"
}

# Writes down every few seconds how much UDP passed, for the sidecar's metrics: it has no right to
# read the rules, and a supervisor none to keep it waiting. Ends with the supervisor, however that ends.
counting_pid=''
start_counting() {
  keep_counting </dev/null >/dev/null 2>&1 3<&- 4>&- &
  counting_pid=$!
}

keep_counting() {
  counting_pause=''
  trap '[ -z "$counting_pause" ] || kill "$counting_pause"; exit 0' TERM
  trap '' INT HUP QUIT
  while live_process "$run_dir" supervisor; do
    (umask 022 && print_udp_counts >"$run_dir/udp.new") && mv "$run_dir/udp.new" "$run_dir/udp"
    sleep 5 &
    counting_pause=$!
    wait "$counting_pause"
  done
}

# For each counter a line: its name, packets, bytes.
print_udp_counts() {
  nft list counters table inet ondine | while read -r count_word count_value _ count_bytes _; do
    case $count_word in
      counter) count_name=$count_value ;;
      packets)
        case $count_name in
          udp_sent | udp_received) echo "$count_name $count_value $count_bytes" ;;
        esac
        ;;
    esac
  done
}

stop_counting() {
  [ -n "$counting_pid" ] || return 0
  kill -s TERM "$counting_pid" 2>/dev/null
  wait "$counting_pid" 2>/dev/null
  counting_pid=''
}

remove_rules() {
  stop_counting
  [ -n "$rules_loaded" ] || return 0
  rules_loaded=''
  nft delete table inet ondine || say "the rules could not be removed: nft delete table inet ondine"
}

# Connects as the workload will and looks whether the rules saw it: they are loaded, in the right
# namespace, and match. The first address is one that no service ever gets.
probe_rules() {
  command -v bash nc python3 >/dev/null || {
    probe_failure="neither bash, nc nor python3 is here to prove that traffic is redirected"
    return 1
  }
  if [ "$has_route" -eq 1 ]; then
    probe outbound 240.240.255.254 9 || return 1
  fi
  for probe_port in $target_ports; do
    probe inbound_local 127.0.0.1 "$probe_port" || return 1
    [ ! -e /proc/net/if_inet6 ] || ! grep -q ' lo$' /proc/net/if_inet6 ||
      probe inbound_local ::1 "$probe_port" || return 1
  done
}

# `probe COUNTER ADDRESS PORT`
probe() {
  probe_before=$(count_of "$1")
  try_connect "$2" "$3" >/dev/null 2>&1 3<&- 4>&-
  [ "$(count_of "$1")" -gt "$probe_before" ] && return 0
  probe_failure="a connection to $2 port $3 was not redirected"
  return 1
}

count_of() {
  nft list counter inet ondine "$1" | sed -n 's/.*packets \([0-9]*\).*/\1/p'
}

# A POSIX shell cannot open a connection; each of these can, and one is on every machine.
try_connect() {
  if command -v bash; then
    # shellcheck disable=SC2016
    as_workload_user timeout 2 bash -c 'exec 5<>"/dev/tcp/$1/$2"' connect "$1" "$2"
  elif command -v nc; then
    as_workload_user nc -z -w 2 "$1" "$2"
  elif command -v python3; then
    as_workload_user timeout 2 python3 -c 'import socket, sys; socket.create_connection(sys.argv[1:])' "$1" "$2"
  fi
}
