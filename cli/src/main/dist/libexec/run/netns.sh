# shellcheck shell=sh disable=SC2015,SC2034,SC2154,SC2317 # a part of ondine-run: shares its variables and functions
# Interception: where we are, which way of it is possible here, and whose rules are here already.

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

# Why no packet rules can be set here, in `obstacle`; fails when they can.
find_obstacle() {
  obstacle=''
  if [ "$(id -u)" -eq 0 ]; then
    need_tool nft nftables
    need_tool ip iproute2
  fi
  if ! command -v nft >/dev/null || ! obstacle_text=$(nft list tables 2>&1); then
    obstacle="this user may not set packet rules here${obstacle_text:+ ($(echo "$obstacle_text" | head -n 1))}"
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

# A namespace of its own is intercepted as a whole; on a shared host, the process by its cgroup.
choose_mode() {
  case $mode in
    netns) ! find_obstacle || fail 125 "cannot intercept: $obstacle" ;;
    cgroup) ! find_obstacle && ! find_cgroup_obstacle || fail 125 "cannot intercept by cgroup: $obstacle" ;;
    auto)
      if find_obstacle; then
        mode=explicit
      elif ! is_machine_netns; then
        mode=netns
      elif ! find_cgroup_obstacle; then
        mode=cgroup
      else
        obstacle="this is the machine's own network namespace, where rules would take every process's traffic (--mode netns does it all the same, --netns NAME enters another), and its process cannot be told apart by cgroup: $obstacle"
        mode=explicit
      fi
      [ "$mode" != explicit ] || say "no interception: $obstacle"
      ;;
  esac
}

intercepts() {
  [ "$mode" != explicit ]
}

# Mesh names resolve to virtual IPs, which have to be routed somewhere before they are redirected.
check_routes() {
  has_route=1
  if [ "$mode" = cgroup ]; then
    claim_route
  elif ! ip -4 route get 240.240.0.1 >/dev/null 2>&1; then
    has_route=0
    say "no default route: calls to mesh names will fail, because their virtual IPs (240.240.0.0/16) lead nowhere; add one with: ip route add default via ADDRESS"
  fi
}

# Rules of a dead supervisor go, if they are in our way; those of a living one are a reason not to start.
# One process by cgroup and the whole namespace do not go together; several by cgroup do.
remove_stale_rules() {
  # A guard may have lost its other table: it refuses a port all the same.
  stale_tables=$(nft list tables inet |
    sed -n 's/^table inet ondine-guard/table inet ondine/; s/^table inet \(ondine\)$/\1/p; s/^table inet \(ondine\.[a-z0-9.-]*\)$/\1/p' | sort -u)
  for stale_table in $stale_tables; do
    case $mode:$stale_table in
      *:"$table" | netns:* | *:ondine) remove_stale_table ;;
    esac
  done
}

remove_stale_table() {
  guard_of "$stale_table"
  stale=$(nft list table inet "$stale_table" 2>/dev/null || nft list table inet "$guard_name" 2>/dev/null) || return 0
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
    [ "$stale_table" = "$table" ] ||
      give_up 125 "this network namespace is already intercepted for $stale_instance, whose supervisor was killed: start that again, or: nft delete table inet $stale_table; nft delete table inet $guard_name"
  elif [ "$stale_instance" != "$owner" ] || [ "$stale_table" != "$table" ]; then
    # Whether it lives cannot be seen from here. Our own name is ours again: a restarted container.
    give_up 125 "this network namespace is already intercepted for $stale_instance, by a supervisor in another pid namespace; if it is dead: nft delete table inet $stale_table; nft delete table inet $guard_name"
  fi
  stale_dir=$run_root/${stale_instance#*.}/${stale_instance%%.*}
  if [ -d "$stale_dir" ] && [ "$stale_dir" != "$run_dir" ]; then
    clean_up_after_killed "$stale_dir"
  else
    say "removing the rules that a killed supervisor of $stale_instance left"
    remove_tables "$stale_table"
  fi
}

pid_namespace() {
  readlink /proc/self/ns/pid | tr -dc 0-9
}
