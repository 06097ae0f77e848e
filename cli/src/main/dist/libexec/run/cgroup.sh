# shellcheck shell=sh disable=SC2015,SC2034,SC2154,SC2317 # a part of ondine-run: shares its variables and functions
# A workload that shares its network with others is told apart by its cgroup:
#
#   PARENT/ondine.NAMESPACE.INSTANCE/     whose sockets are captured; no process is in it itself
#     app/        the workload and all that it starts
#     sidecar/    the sidecar, whose sockets are exempt, and its keeper, which keeps this cgroup from
#                 being removed while there is no sidecar
#
# A socket belongs for ever to the cgroup that its process was in when it made it.

# Why no cgroup can be used here, in `obstacle`; fails when one can. Sets `cgroup_parent`, a folder.
find_cgroup_obstacle() {
  obstacle=''
  [ "$(id -u)" -eq 0 ] || {
    obstacle="that takes root"
    return 0
  }
  find_cgroup_mount || return 0
  find_own_cgroup
  case $own_cgroup/ in
    */ondine.*.*/*)
      obstacle="this process runs inside the workload of another supervisor (cgroup $own_cgroup)"
      return 0
      ;;
  esac
  cgroup_parent=${cgroup_flag:-$own_cgroup}
  cgroup_parent=${cgroup_parent%/}
  case $cgroup_parent in
    *'"'*)
      obstacle="the cgroup $cgroup_parent has a quotation mark in its name: name another with --cgroup"
      return 0
      ;;
  esac
  cgroup_parent=$cgroup_mount$cgroup_parent
  if [ ! -e "$cgroup_parent/cgroup.procs" ]; then
    obstacle="there is no cgroup $cgroup_parent: name another with --cgroup"
  elif [ ! -w "$cgroup_parent/cgroup.procs" ]; then
    obstacle="$cgroup_parent is not writable (a container's often is not)"
  elif ! obstacle_text=$(print_trial | nft -c -f - 2>&1); then
    obstacle="nft or the kernel cannot match 'socket cgroupv2', which takes Linux 5.13 and nftables 0.9.9 ($(echo "$obstacle_text" | head -n 1))"
  fi
  [ -n "$obstacle" ]
}

# On a hybrid host version 2 is beside version 1, usually at /sys/fs/cgroup/unified.
find_cgroup_mount() {
  cgroup_mount='' cgroup_elsewhere=''
  while read -r _ mount_point mount_type _; do
    [ "$mount_type" != cgroup2 ] || case $mount_point in
      /sys/fs/cgroup | /sys/fs/cgroup/*) cgroup_mount=$mount_point ;;
      *) cgroup_elsewhere=$mount_point ;;
    esac
  done </proc/self/mounts
  [ -z "$cgroup_mount" ] || return 0
  obstacle="cgroup version 2 is not mounted"
  [ -z "$cgroup_elsewhere" ] ||
    obstacle="cgroup version 2 is mounted at $cgroup_elsewhere only, and nft looks below /sys/fs/cgroup"
  obstacle="$obstacle: mount -t cgroup2 none /sys/fs/cgroup/unified"
  return 1
}

find_own_cgroup() {
  own_cgroup=/
  while IFS= read -r own_line; do
    case $own_line in
      0::*) own_cgroup=${own_line#0::} ;;
    esac
  done </proc/self/cgroup
}

# The path of a cgroup as nft takes it, and its level: how many are above it, with the root.
describe_cgroup() {
  cgroup_path=${1#/sys/fs/cgroup}
  cgroup_path=${cgroup_path#/}
  cgroup_level=$(echo "${1#"$cgroup_mount"}" | tr -dc / | wc -c)
}

print_trial() {
  describe_cgroup "$cgroup_parent"
  echo "table inet ondine.trial {
    chain output { type nat hook output priority -110; socket cgroupv2 level 1 \"${cgroup_path:-.}\" return; }
  }"
}

make_cgroups() {
  make_cgroup=$cgroup_parent/ondine.$namespace.$instance
  if [ -d "$make_cgroup" ]; then
    # Who was killed and left it has been cleaned up after; what is in it now is somebody else's.
    ! is_populated "$make_cgroup" ||
      give_up 125 "the cgroup $make_cgroup is in use by others (pids: $(find "$make_cgroup" -name cgroup.procs -exec cat {} + | tr '\n' ' ')): end them, or name another parent with --cgroup"
    remove_cgroups "$make_cgroup"
  fi
  cgroup=$make_cgroup # from here on it is ours to remove
  echo "$cgroup" >"$run_dir/cgroup"
  mkdir "$cgroup" "$cgroup/app" "$cgroup/sidecar" || give_up 125 "cannot make the cgroup $cgroup"
  describe_cgroup "$cgroup"
}

# The calling shell, and what it becomes or starts, goes to this cgroup; `nobody` names none.
enter_cgroup() {
  [ "$mode" = cgroup ] && [ "$1" != nobody ] || return 0
  echo 0 >"$cgroup/$1/cgroup.procs"
}

is_populated() {
  while read -r populated_key populated_value; do
    [ "$populated_key" != populated ] || [ "$populated_value" != 0 ] || return 1
  done <"$1/cgroup.events"
}

cgroup_empty() {
  ! is_populated "$ending_cgroup" 2>/dev/null
}

# Ends every process in a cgroup, also those that left the workload's group: SIGTERM, then SIGKILL.
# `end_cgroup DIR MILLISECONDS`
end_cgroup() {
  ending_cgroup=$1
  [ -d "$1" ] && ! cgroup_empty || return 0
  signal_cgroup TERM
  wait_for cgroup_empty "$2" || {
    echo 1 2>/dev/null >"$1/cgroup.kill" || signal_cgroup KILL # since Linux 5.14
    wait_for cgroup_empty 2000
  }
}

signal_cgroup() {
  find "$ending_cgroup" -name cgroup.procs -exec cat {} + 2>/dev/null | while read -r signal_pid; do
    kill -s "$1" "$signal_pid" 2>/dev/null
  done
}

# `remove_cgroups DIR`; the workload may have made more below.
remove_cgroups() {
  end_cgroup "$1" 1000
  [ ! -d "$1" ] || find "$1" -depth -type d -exec rmdir {} + ||
    say "the cgroup $1 could not be removed"
}

# Virtual IPs need some route before they can be redirected. A host without a default route gets one
# for them, which goes with the last workload that needs it.
claim_route() {
  lock_run_root
  if [ -n "$(ip -4 route show 240.240.0.0/16 proto 240 2>/dev/null)" ]; then
    readlink /proc/self/ns/net >"$run_dir/route"
  elif ! ip -4 route get 240.240.0.1 >/dev/null 2>&1; then
    readlink /proc/self/ns/net >"$run_dir/route"
    claim_error=$(ip -4 route add 240.240.0.0/16 dev lo src 127.0.0.1 proto 240 2>&1) ||
      give_up 125 "no default route, and none for the virtual IPs of mesh names (240.240.0.0/16) can be added: $claim_error"
  fi
  release_claim_lock
}

# `release_route DIR [COMMAND…]`: the command enters the network namespace. The caller has the lock.
release_route() {
  [ -r "$1/route" ] || return 0
  read -r release_netns <"$1/route"
  rm "$1/route"
  shift
  for release_other in "$run_root"/*/*/route; do
    [ ! -r "$release_other" ] || [ "$(cat "$release_other")" != "$release_netns" ] || return 0
  done
  "$@" ip -4 route del 240.240.0.0/16 proto 240 2>/dev/null
}
