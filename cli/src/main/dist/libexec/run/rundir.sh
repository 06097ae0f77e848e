# shellcheck shell=sh disable=SC2015,SC2034,SC2154,SC2317 # a part of ondine-run: shares its variables and functions
# The run directory of an instance: who supervises it, which processes and rules are its, so that a
# later start can clean up after a supervisor that was killed.
#
#   {supervisor,watch_keeper,watcher,keeper,sidecar,workload}.pid   each with its start time
#   netns      the network namespace with our rules: its inode
#   table      the name of the table with our rules
#   cgroup     the workload's cgroup, where that tells its traffic
#   route      the network namespace whose route for virtual IPs this instance needs
#   ports      where the workload listens
#   base_port  the first of the sidecar's ports
#   rules      the rules as they were loaded
#   events     a fifo: what happens to the rules
#   udp        how much UDP passed, a few seconds ago
#   commands   a fifo: the sidecar's standard input
#   sidecar/   the sidecar's own: state, admin socket

# The start time of a process in clock ticks after boot: with its pid it names it for ever.
# Sets `started`; fails when there is no such process, or only its zombie.
started_at() {
  started=''
  [ -r "/proc/$1/stat" ] || return 1
  { read -r started_at_line <"/proc/$1/stat"; } 2>/dev/null || return 1
  # The name, in parentheses, may hold anything; what follows the last one is fixed.
  # shellcheck disable=SC2086
  set -- ${started_at_line##*) }
  [ "$1" != Z ] && [ "$1" != X ] || return 1
  started=${20}
}

# Notes which process plays a part: `record_process NAME PID`.
record_process() {
  started_at "$2" || started=0
  echo "$2 $started" >"$run_dir/$1.pid"
}

# Looks up a part's process. Sets `pid`; fails when it no longer lives. `live_process DIR NAME`
live_process() {
  pid=''
  { read -r live_pid live_started <"$1/$2.pid"; } 2>/dev/null || return 1
  started_at "$live_pid" && [ "$started" = "$live_started" ] || return 1
  pid=$live_pid
}

find_run_root() {
  run_root=${ONDINE_RUN_ROOT:-/run/ondine}
  if [ "$(id -u)" -ne 0 ] || ! mkdir -p "$run_root" 2>/dev/null || [ ! -w "$run_root" ]; then
    run_root=${ONDINE_RUN_ROOT:-${XDG_RUNTIME_DIR:-/tmp}/ondine-$(id -u)}
    (umask 077 && mkdir -p "$run_root") || fail 125 "cannot make the run directory $run_root"
  fi
  [ -O "$run_root" ] && [ ! -L "$run_root" ] || fail 125 "the run directory $run_root is somebody else's"
}

# Takes the instance's run directory, and with it the right to be its supervisor.
claim_run_dir() {
  find_run_root
  lock_run_root
  if [ -n "$instance" ]; then
    run_dir=$run_root/$namespace/$instance
    if live_process "$run_dir" supervisor; then
      fail 125 "$instance.$namespace already runs here (supervisor pid $pid)"
    fi
  else
    claim_number=0
    while live_process "$run_root/$namespace/$service-$claim_number" supervisor; do
      claim_number=$((claim_number + 1))
    done
    instance=$service-$claim_number
    run_dir=$run_root/$namespace/$instance
  fi
  [ ! -d "$run_dir" ] || clean_up_after_killed "$run_dir"
  mkdir -p "$run_dir/sidecar" && mkfifo -m 600 "$run_dir/commands" ||
    fail 125 "cannot write the run directory $run_dir"
  record_process supervisor $$
  exec 4<>"$run_dir/commands"
}

# One supervisor at a time looks around, cleans up and chooses ports; see release_claim_lock.
lock_run_root() {
  exec 9>"$run_root/lock" && flock -w 60 9 || fail 125 "cannot lock $run_root/lock"
}

release_claim_lock() {
  exec 9>&-
}

release_run_dir() {
  exec 4>&-
  if [ -e "$run_dir/route" ]; then
    lock_run_root
    release_route "$run_dir"
    release_claim_lock
  fi
  rm -rf "$run_dir"
  rmdir "$run_root/$namespace" 2>/dev/null
}

# Ends what a killed supervisor left of an instance, by its run directory: first the process, so that it never runs
# with its traffic past the sidecar, last the rules.
clean_up_after_killed() {
  say "cleaning up after a supervisor that was killed: ${1#"$run_root/"}"
  clean_netns=''
  find_left_netns "$1" /proc/self
  # Who starts another again goes before it.
  for clean_part in watch_keeper watcher keeper workload sidecar; do
    live_process "$1" "$clean_part" || continue
    find_left_netns "$1" "/proc/$pid"
    clean_pid=$pid
    case $clean_part in
      watch_keeper | watcher | keeper) kill -s KILL "$clean_pid" ;;
      workload) end_leftover "$1" "$clean_part" "-$clean_pid" "$grace_ms" ;;
      sidecar) end_leftover "$1" "$clean_part" "$clean_pid" 2000 ;;
    esac
  done
  clean_cgroup=''
  [ ! -r "$1/cgroup" ] || read -r clean_cgroup <"$1/cgroup"
  [ -z "$clean_cgroup" ] || remove_cgroups "$clean_cgroup"
  if [ -n "$clean_netns" ]; then
    clean_table=ondine
    [ ! -r "$1/table" ] || read -r clean_table <"$1/table"
    remove_tables "$clean_table" nsenter --net="$clean_netns" 2>/dev/null
    release_route "$1" nsenter --net="$clean_netns"
  fi
  exec 8<&-
  rm -rf "$1"
}

# Looks whether the rules of a killed supervisor are in the namespace of this process: `find_left_netns DIR /proc/PID`.
find_left_netns() {
  [ -z "$clean_netns" ] && [ -r "$1/netns" ] || return 0
  # An open descriptor keeps the namespace when its last process is gone.
  command exec 8<"$2/ns/net" && clean_netns=/proc/self/fd/8 || return 0 # it has just ended
  [ "$(readlink "$clean_netns")" = "$(cat "$1/netns")" ] || clean_netns=''
}

# `end_leftover DIR NAME KILL-TARGET MILLISECONDS`
end_leftover() {
  leftover_dir=$1 leftover_name=$2
  kill -s TERM -- "$3" 2>/dev/null
  wait_for leftover_gone "$4" || kill -s KILL -- "$3" 2>/dev/null
}

leftover_gone() {
  ! live_process "$leftover_dir" "$leftover_name"
}
