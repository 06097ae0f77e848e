# shellcheck shell=sh disable=SC2015,SC2034,SC2154,SC2317 # a part of ondine-run: shares its variables and functions
# The packet rules of both ways of interception, and the proof that they work.

# One table for a network namespace that is taken as a whole; by cgroup, one for each workload.
name_table() {
  table=ondine
  [ "$mode" != cgroup ] || table=ondine.$namespace.$instance
  guard_of "$table"
  guard=$guard_name
  started_at $$
  name_owner
  rules_owner="instance=$owner pid=$$ started=$started pidns=$(pid_namespace)"
}

# A comment holds 128 characters: a long name is told by its beginning and its checksum.
name_owner() {
  owner=$instance.$namespace
  [ ${#owner} -gt 55 ] || return 0
  owner_sum=$(printf %s "$owner" | cksum)
  owner=$(printf %.40s "$owner")~${owner_sum%% *}
}

# The table, in nft's language. A NAT chain sees the first packet of each connection.
# shellcheck disable=SC2086 # lists are words
print_rules() {
  set -- "$(join_with , $target_ports)"
  cat <<RULES
create table inet $table { comment "$rules_owner"; }
table inet $table {
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

  # The workload's connections.
  chain captured {
$(print_excluded 'tcp udp' 'counter name excluded return')
    udp dport 53 counter name dns redirect to :$dns_port
    tcp dport 53 counter name dns redirect to :$dns_port
    meta l4proto udp counter name udp_untouched return
    meta l4proto != tcp return
    # Local callers too meet the inbound side.
    fib daddr type local tcp dport @workload_ports counter name inbound_local redirect to :$inbound_port
$([ "$mode" = cgroup ] && print_loopback_rules || print_local_rules)
    # A link-local address means nothing without its interface, which a redirect loses: the guard refuses it.
    ip6 daddr fe80::/10 return
    meta l4proto tcp counter name outbound redirect to :$outbound_port
  }

$([ "$mode" = cgroup ] && print_cgroup_hooks || print_netns_hooks)

$(print_udp_hooks)
}
RULES
}

# `print_excluded PROTOCOLS VERDICT`: what the user left out, by --exclude-uid, --exclude-port and --exclude-cidr.
# shellcheck disable=SC2086 # lists are words
print_excluded() {
  [ -z "$exclude_uids" ] || echo "    meta skuid { $(join_with , $exclude_uids) } $2"
  for excluded_protocol in $1; do
    [ -z "$exclude_ports" ] || echo "    $excluded_protocol dport { $(join_with , $exclude_ports) } $2"
  done
  for excluded_cidr in $exclude_cidrs; do
    case $excluded_cidr in
      *:*) echo "    ip6 daddr $excluded_cidr $2" ;;
      *) echo "    ip daddr $excluded_cidr $2" ;;
    esac
  done
}

print_local_rules() {
  cat <<'RULES'
    # What else is local is the workload's own business.
    fib daddr type local return
RULES
}

print_loopback_rules() {
  cat <<'RULES'
    # What else is on loopback is the workload's own business; behind the host's addresses are others.
    ip daddr 127.0.0.0/8 return
    ip6 daddr ::1 return
RULES
}

# All traffic of the namespace is the workload's, but for the sidecar's own.
print_netns_hooks() {
  cat <<RULES
  chain output {
    type nat hook output priority -100; policy accept;
    ${sidecar_uid:+meta skuid $sidecar_uid goto own_traffic}
    ${sidecar_mark:+meta mark $sidecar_mark goto own_traffic}
    goto captured
  }

  chain prerouting {
    type nat hook prerouting priority dstnat; policy accept;
    fib daddr type local tcp dport @workload_ports counter name inbound redirect to :$inbound_port
  }
RULES
}

# Only what is in the cgroup is the workload's. A cgroup is never negated: above its level a negated match does not
# match, and lets pass. All workloads' own rules (-110) come before all rules for callers (-105), whichever table was
# loaded first, and both before anybody else's (-100), such as a container engine's.
print_cgroup_hooks() {
  cat <<RULES
  chain output {
    type nat hook output priority -110; policy accept;
    socket cgroupv2 level $((cgroup_level + 1)) "$cgroup_path/sidecar" goto own_traffic
    socket cgroupv2 level $cgroup_level "$cgroup_path" goto captured
  }

  chain output_of_others {
    type nat hook output priority -105; policy accept;
    socket cgroupv2 level $cgroup_level "$cgroup_path" return
    fib daddr type local tcp dport @workload_ports counter name inbound_local redirect to :$inbound_port
  }

  chain prerouting {
    type nat hook prerouting priority -105; policy accept;
    fib daddr type local tcp dport @workload_ports counter name inbound redirect to :$inbound_port
  }
RULES
}

# Count every packet of UDP but DNS: of a flow the chains above see the first one only. Before NAT changes the port of
# a query, and after it has changed that of an answer back.
print_udp_hooks() {
  udp_whose=''
  [ "$mode" != cgroup ] || udp_whose="socket cgroupv2 level $cgroup_level \"$cgroup_path\" "
  cat <<RULES
  chain udp_sent {
    type filter hook output priority -150; policy accept;
    meta l4proto != udp return
    udp dport 53 return
    udp sport $dns_port return
    ${udp_whose}counter name udp_sent
  }

  chain udp_received {
    type filter hook input priority 150; policy accept;
    meta l4proto != udp return
    udp sport 53 return
    udp dport $dns_port return
    ${udp_whose}counter name udp_received
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
  echo "$table" >"$run_dir/table"
  readlink /proc/self/ns/net >"$run_dir/netns"
  # A terminal's Ctrl-C reaches nft as well, and a service manager's TERM: whether it loads them or
  # not, we must know; and what may be loaded is removed.
  rules_loaded=1
  if ! rules_error=$(
    trap '' INT HUP QUIT TERM
    {
      print_deletion "$guard" # one that was left behind
      print_rules
      print_guard
    } | nft -f - 2>&1
  ); then
    say "nft refused the rules: $rules_error"
    return 1
  fi
  note_rules
}

# The same rules anew, in one transaction: at no moment are there none.
reload_rules() {
  guard_every_packet=1
  rules_error=$({
    print_deletion "$table" "$guard"
    print_rules
    print_guard
  } | nft -f - 2>&1) || return 1
  note_rules
}

# To add a table that may be there makes it sure that it can be deleted.
print_deletion() {
  for deletion in "$@"; do
    echo "add table inet $deletion"
    echo "delete table inet $deletion"
  done
}

# What they look like when they are right. Somebody may have removed them again since: such a listing
# is none that a later one may be measured by, so that they are loaded once more.
note_rules() {
  note_listing=$(list_rules)
  case $note_listing in
    *"table inet $table {"*"table inet $guard {"*) ;;
    *) note_listing=unsettled ;;
  esac
  echo "$note_listing" >"$run_dir/rules"
}

# In words that differ when a rule does; without what the counters count.
list_rules() {
  nft -s list table inet "$table" 2>/dev/null && nft -s list table inet "$guard" 2>/dev/null
}

# `remove_tables TABLE [COMMAND…]`: a workload's, with its guard; the command enters the network namespace.
remove_tables() {
  guard_of "$1"
  remove_deletion=$(print_deletion "$1" "$guard_name")
  shift
  echo "$remove_deletion" | "$@" nft -f -
}

remove_rules() {
  [ -n "$rules_loaded" ] || return 0
  rules_loaded=''
  remove_tables "$table" || say "the rules could not be removed: nft delete table inet $table; nft delete table inet $guard"
}

# Connects as the workload will and looks whether the rules saw it: they are loaded, in the right
# namespace, and match. The first address is one that no service ever gets.
probe_rules() {
  command -v bash nc python3 >/dev/null || {
    probe_failure="neither bash, nc nor python3 is here to prove that traffic is redirected"
    return 1
  }
  if [ "$has_route" -eq 1 ]; then
    probe outbound 240.240.255.254 9 app || return 1
  fi
  for probe_port in $target_ports; do
    probe_port_of app || return 1
    [ "$mode" != cgroup ] || probe_port_of nobody || return 1
  done
}

# As one in this cgroup does; a caller that is nobody of ours is in none.
probe_port_of() {
  probe inbound_local 127.0.0.1 "$probe_port" "$1" || return 1
  [ ! -e /proc/net/if_inet6 ] || ! grep -q ' lo$' /proc/net/if_inet6 ||
    probe inbound_local ::1 "$probe_port" "$1"
}

# `probe COUNTER ADDRESS PORT CGROUP`
probe() {
  probe_before=$(count_of "$1")
  (enter_cgroup "$4" && try_connect "$2" "$3") >/dev/null 2>&1 3<&- 4>&-
  [ "$(count_of "$1")" -gt "$probe_before" ] && return 0
  probe_failure="a connection to $2 port $3 was not redirected"
  return 1
}

count_of() {
  nft list counter inet "$table" "$1" | sed -n 's/.*packets \([0-9]*\).*/\1/p'
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
