# shellcheck shell=sh disable=SC2015,SC2034,SC2154,SC2317 # a part of ondine-run: shares its variables and functions
# The sidecar's process: its ports, its start, its keeper that starts it again, its end.

# A block of ports that is free, or the one that was asked for.
choose_sidecar_ports() {
  if [ -n "$base_port" ]; then
    set_ports "$base_port"
    for port in $sidecar_ports; do
      ! is_port_used "$port" || give_up 125 "--base-port $base_port: port $port is in use"
    done
  else
    choose_base=15000
    until is_block_free "$choose_base"; do
      choose_base=$((choose_base + 100))
      [ "$choose_base" -lt 20000 ] || give_up 125 "no free ports for the sidecar from 15000 to 20000: name some with --base-port"
    done
    set_ports "$choose_base"
  fi
  echo "$admin_port" >"$run_dir/base_port"
  readlink /proc/self/ns/net >>"$run_dir/base_port"
  check_others_ports
  release_claim_lock
}

set_ports() {
  admin_port=$1
  outbound_port=$(($1 + 1))
  explicit_port=$(($1 + 2))
  inbound_port=$(($1 + 6))
  dns_port=$(($1 + 53))
  sidecar_ports="$admin_port $outbound_port $explicit_port $inbound_port $dns_port"
}

# Free of listeners, of other sidecars that are about to listen, and of the workload's ports.
is_block_free() {
  set_ports "$1"
  for port in $sidecar_ports; do
    ! is_port_used "$port" || return 1
    case " $target_ports " in
      *" $port "*) return 1 ;;
    esac
  done
  for block_file in "$run_root"/*/*/base_port; do
    [ -r "$block_file" ] || continue
    ! [ "$(tr '\n' ' ' <"$block_file")" = "$1 $(readlink /proc/self/ns/net) " ] ||
      ! live_process "${block_file%/*}" supervisor || return 1
  done
}

# True where something in this network namespace listens on the port, TCP or UDP.
is_port_used() {
  used_hex=$(printf '%04X' "$1")
  grep -qsE "^ *[0-9]+: [0-9A-F]+:$used_hex [0-9A-F]+:0000 (0A|07) " \
    /proc/net/tcp /proc/net/tcp6 /proc/net/udp /proc/net/udp6
}

# Where the workload itself listens.
find_target_ports() {
  target_ports=''
  for port in $ports; do
    port=${port%%/*}
    target_ports="$target_ports ${port#*:}"
  done
}

check_workload_ports() {
  for port in $target_ports; do
    case " $sidecar_ports " in
      *" $port "*) give_up 2 "--port $port is one of the sidecar's own (--base-port moves them)" ;;
    esac
    ! is_port_used "$port" || give_up 125 "port $port is in use already; the command could not listen on it"
  done
}

# Another workload of this host may have one of the ports and not listen on it yet.
check_others_ports() {
  for others_dir in "$run_root"/*/*; do
    [ -r "$others_dir/ports" ] && [ "$(sed -n 2p "$others_dir/base_port")" = "$(sed -n 2p "$run_dir/base_port")" ] &&
      live_process "$others_dir" supervisor || continue
    others_namespace=${others_dir%/*}
    for port in $target_ports; do
      ! grep -qx "$port" "$others_dir/ports" ||
        give_up 125 "port $port is already that of ${others_dir##*/}.${others_namespace##*/} on this host"
    done
  done
  # shellcheck disable=SC2086
  [ -z "$target_ports" ] || printf '%s\n' $target_ports >"$run_dir/ports"
}

start_sidecar() {
  keep_sidecar 3<&- &
  keeper_pid=$!
  record_process keeper "$keeper_pid"
}

# The distribution must be readable for the sidecar's user. One below a closed folder, such as /root,
# is mounted a second time, for the sidecar alone, where its user can reach it.
check_sidecar_program() {
  sidecar_home=''
  [ -n "$sidecar_program" ] || sidecar_program=$(readlink -f "$here/../bin/ondine")
  [ -x "$sidecar_program" ] || give_up 125 "there is no program $sidecar_program"
  [ -n "$sidecar_uid" ] || return 0
  chown "$sidecar_uid" "$run_dir/sidecar"
  if ! can_sidecar_run "$sidecar_program"; then
    sidecar_home=${sidecar_program%/bin/*}
    mkdir "$run_dir/home"
    sidecar_program=$run_dir/home${sidecar_program#"$sidecar_home"}
    can_sidecar_run "$sidecar_program" ||
      give_up 125 "uid $sidecar_uid may not read $sidecar_home: put it where everybody may, or name another user with --sidecar-uid"
  fi
}

# The token is the sidecar's to read, and to remove when it is spent.
hand_over_join_token() {
  [ -n "$join_token" ] || return 0
  (umask 077 && cat -- "$join_token" >"$run_dir/sidecar/join_token") ||
    give_up 125 "--join-token-file $join_token cannot be read"
  [ -z "$sidecar_uid" ] || chown "$sidecar_uid" "$run_dir/sidecar/join_token"
}

can_sidecar_run() {
  (exec_as_sidecar test -x "$1") 2>/dev/null
}

# Becomes a command with the sidecar's user, privileges and view of the files.
exec_as_sidecar() {
  # shellcheck disable=SC2086
  [ -z "$sidecar_privileges" ] || set -- setpriv $sidecar_privileges -- "$@"
  if [ -n "$sidecar_home" ]; then
    # shellcheck disable=SC2016
    set -- unshare --mount --propagation private -- \
      sh -c 'mount --bind "$1" "$2" && shift 2 && exec "$@"' sidecar "$sidecar_home" "$run_dir/home" "$@"
  fi
  exec setsid "$@"
}

# Runs the sidecar and starts it again when it ends: after 0.1 s, then twice as long each time, 5 s
# at most. A process of its own, so that the supervisor can wait for the workload meanwhile.
keep_sidecar() {
  keeper_stop=0 keeper_pause=''
  trap 'keeper_stop=1 signals_seen=$((signals_seen + 1)); [ -z "$keeper_pause" ] || kill "$keeper_pause"' TERM
  trap '' INT HUP QUIT
  enter_cgroup sidecar
  keeper_delay=100
  while [ "$keeper_stop" -eq 0 ]; do
    now_ms
    keeper_began=$now
    exec_sidecar <"$run_dir/commands" 4>&- &
    keeper_sidecar=$!
    record_process sidecar "$keeper_sidecar"
    wait_until_ended "$keeper_sidecar"
    [ "$keeper_stop" -eq 0 ] || break
    echo "$exit_status" >"$run_dir/sidecar_status"
    [ "$exit_status" -ne 2 ] || break # bad settings stay bad
    rm -f "$run_dir/sidecar/state"
    now_ms
    [ $((now - keeper_began)) -lt 10000 ] || keeper_delay=100
    say "the sidecar ended with status $exit_status; again in $keeper_delay ms"
    sleep "$((keeper_delay / 1000)).$(printf '%03d' $((keeper_delay % 1000)))" 4>&- &
    keeper_pause=$!
    wait_until_ended "$keeper_pause"
    keeper_pause=''
    keeper_delay=$((keeper_delay * 2))
    [ "$keeper_delay" -le 5000 ] || keeper_delay=5000
  done
}

# Becomes the sidecar. A session of its own, so that a terminal's Ctrl-C reaches the supervisor only.
exec_sidecar() {
  any='[::]' # takes IPv4 as well
  [ -e /proc/net/if_inet6 ] || any=0.0.0.0
  set -- --service "$service" --namespace "$namespace" --instance "$instance" \
    --ready "$ready" --control "$control" --run-dir "$run_dir/sidecar" \
    --explicit "127.0.0.1:$explicit_port" --inbound "$any:$inbound_port" \
    --admin "127.0.0.1:$admin_port"
  admin_socket=$run_dir/sidecar/admin.sock
  if [ ${#admin_socket} -le 107 ]; then # what the kernel takes
    set -- "$@" --admin "unix:$admin_socket"
  else
    say "no admin socket: the path $admin_socket is longer than 107 characters (ONDINE_RUN_ROOT names a shorter folder); port $admin_port answers"
  fi
  for port in $ports; do
    set -- "$@" --port "$port"
  done
  [ -z "$address" ] || set -- "$@" --address "$address"
  [ -z "$tls_cert" ] || set -- "$@" --tls-cert "$tls_cert" --tls-key "$tls_key"
  if [ "$identity" = on ]; then
    set -- "$@" --identity on --key-file "$run_dir/sidecar/key" --key-store "$key_store" \
      --service-account "${service_account:-$service}"
    [ -z "$identity_socket" ] || set -- "$@" --identity-socket "$identity_socket"
    [ -z "$join_token" ] || set -- "$@" --join-token-file "$run_dir/sidecar/join_token"
  fi
  if intercepts; then
    set -- "$@" --mode redirect --outbound "$any:$outbound_port" --dns "127.0.0.1:$dns_port" \
      --udp-counters "$run_dir/udp"
    [ -z "$sidecar_mark" ] || set -- "$@" --mark "$sidecar_mark"
  else
    set -- "$@" --mode explicit
  fi
  if [ -n "$sidecar_log" ]; then
    exec >>"$sidecar_log" 2>&1
  else
    exec >&2 # standard output is the workload's
  fi
  cd / && enter_cgroup sidecar || exit 125
  exec_as_sidecar "$sidecar_program" proxy "$@"
}

# Who the sidecar is, which is also how the rules tell its traffic: a uid of its own; where there is
# only one uid, a socket mark. It has no privileges but the one that setting the mark takes.
choose_sidecar_user() {
  sidecar_mark='' sidecar_privileges=''
  if [ "$(id -u)" -eq 0 ] && is_mapped "$sidecar_uid"; then
    sidecar_privileges="--reuid=$sidecar_uid --regid=$sidecar_uid --clear-groups --no-new-privs --inh-caps=-all --bounding-set=-all"
    return
  fi
  sidecar_uid=''
  if [ "$mode" = netns ]; then
    sidecar_mark=$mark
    sidecar_privileges="--no-new-privs --inh-caps=-all --bounding-set=-all,+$(mark_capability)"
  fi
}

# True where the uid exists in this user namespace.
is_mapped() {
  while read -r map_first _ map_count; do
    [ "$1" -lt "$map_first" ] || [ "$1" -ge $((map_first + map_count)) ] || return 0
  done </proc/self/uid_map
  return 1
}

# Setting a socket mark takes NET_RAW, before Linux 5.17 NET_ADMIN.
mark_capability() {
  IFS=. read -r kernel_major kernel_minor _ </proc/sys/kernel/osrelease
  if [ "$kernel_major" -gt 5 ] || { [ "$kernel_major" -eq 5 ] && [ "${kernel_minor%%-*}" -ge 17 ]; }; then
    echo net_raw
  else
    echo net_admin
  fi
}

sidecar_state() {
  state=''
  { read -r state <"$run_dir/sidecar/state"; } 2>/dev/null
}

sidecar_ready_or_refused() {
  sidecar_refused=''
  [ ! -e "$run_dir/sidecar_status" ] || read -r sidecar_refused <"$run_dir/sidecar_status"
  [ "$sidecar_refused" != 2 ] || return 0
  sidecar_state
  [ "$state" = ready ] || [ "$state" = registered ]
}

# Holds the workload back until the sidecar is ready, for --wait at most. A sidecar that merely
# lacks its control plane is waited for in vain and used all the same; one that ends is not.
await_ready() {
  if wait_for sidecar_ready_or_refused "$wait_ms"; then
    [ "$sidecar_refused" != 2 ] || give_up 125 "the sidecar refuses its settings: the command was not started"
  elif [ "$stop_asked" -eq 0 ]; then
    # One that ended once has no state; one that was started again and runs has, ready or not.
    sidecar_state
    [ -n "$state" ] || [ ! -e "$run_dir/sidecar_status" ] ||
      give_up 125 "the sidecar does not start: the command was not started"
    say "the sidecar is not ready after $wait_text (control $control): starting the command all the same"
  fi
}

# Takes the instance out of the mesh while the workload still serves.
drain_sidecar() {
  live_process "$run_dir" sidecar || return 0
  echo drain >&4
  wait_for drained_or_pointless "$drain_ms" ||
    say "not drained: going on"
}

drained_or_pointless() {
  sidecar_state
  [ "$state" = drained ] || workload_gone || ! live_process "$run_dir" sidecar
}

keeper_pid=''
stop_sidecar() {
  [ -n "$keeper_pid" ] || return 0
  kill -s TERM "$keeper_pid" 2>/dev/null
  echo stop >&4
  wait_for keeper_gone 5000 || {
    ! live_process "$run_dir" sidecar || kill -s KILL "$pid"
    wait_for keeper_gone 1000 || kill -s KILL "$keeper_pid"
  }
  wait "$keeper_pid" 2>/dev/null
  keeper_pid=''
}

keeper_gone() {
  ! started_at "$keeper_pid"
}
