# shellcheck shell=sh disable=SC2015,SC2034,SC2154,SC2317 # a part of ondine-run: shares its variables and functions
# The workload's process: its start without a trace of the mesh, its signals, its end.

workload_pid=''
workload_status=125

# `as_workload_user COMMAND …`, for the probe; the workload itself gets the same privileges.
as_workload_user() {
  # shellcheck disable=SC2086
  setpriv $workload_privileges -- "$@"
}

# Who the workload runs as: --user, else who called. Where a socket mark tells the sidecar's traffic,
# the workload must not be able to set one.
choose_workload_user() {
  workload_privileges=''
  if [ -n "$user" ]; then
    if is_number "$user"; then
      workload_uid=$user
      workload_privileges="--reuid=$user --regid=$user --clear-groups"
    else
      workload_uid=$(id -u -- "$user" 2>/dev/null) || usage_error "--user '$user': there is no such user"
      workload_privileges="--reuid=$workload_uid --regid=$(id -g -- "$user") --init-groups"
    fi
    [ "$workload_uid" != "$sidecar_uid" ] ||
      usage_error "--user '$user' is the sidecar's own: its traffic would not be intercepted"
  fi
  if [ -n "$sidecar_mark" ]; then
    workload_privileges="$workload_privileges --inh-caps=-net_admin,-net_raw --bounding-set=-net_admin,-net_raw"
  fi
}

# A session of its own keeps a terminal's Ctrl-C from it: it is told to end after the drain. The
# shell gives a background process no input and deaf ears for INT and QUIT; both are undone.
start_workload() {
  workload_signals='env --default-signal=INT,QUIT,PIPE'
  $workload_signals true 2>/dev/null || workload_signals='env'
  (
    exec <&3 3<&- 4>&-
    umask "$caller_umask"
    enter_cgroup app || exit 125
    forget_mesh
    [ "$mode" != explicit ] || name_proxy
    # shellcheck disable=SC2086
    exec setsid $workload_signals setpriv $workload_privileges -- "$@"
  ) &
  workload_pid=$!
  exec 3<&-
  record_process workload "$workload_pid"
  trap 'forward_signal HUP' HUP
  trap 'forward_signal USR1' USR1
  trap 'forward_signal USR2' USR2
}

# Takes everything out of the environment that names the mesh.
forget_mesh() {
  for variable in $(env | sed -n 's/^\(ONDINE_[A-Za-z0-9_]*\)=.*/\1/p'); do
    unset "$variable"
  done
  unset _
  case ${SUDO_COMMAND:-} in
    *ondine*) unset SUDO_COMMAND ;;
  esac
}

# Without interception a program comes to the mesh only by a proxy that it knows of. Who has named one
# already is left alone.
name_proxy() {
  [ -z "${http_proxy+set}" ] || return 0
  http_proxy=http://127.0.0.1:$explicit_port
  no_proxy=${no_proxy-localhost,127.0.0.1,::1}
  export http_proxy no_proxy
}

forward_signal() {
  signals_seen=$((signals_seen + 1))
  kill -s "$1" "$workload_pid" 2>/dev/null
}

# Waits until the workload ends or a stop is asked for.
await_workload() {
  while [ "$stop_asked" -eq 0 ]; do
    wait_once "$workload_pid"
    [ -z "$exit_status" ] || {
      workload_ended
      return
    }
  done
}

workload_gone() {
  ! started_at "$workload_pid"
}

workload_ended() {
  workload_status=$exit_status
  workload_group=$workload_pid
  workload_pid=''
}

# SIGTERM, then SIGKILL after the grace, or when a stop is asked for once more.
end_workload() {
  kill -s TERM "$workload_pid" 2>/dev/null
  wait_for workload_gone "$grace_ms" || {
    say "the command is still there: SIGKILL"
    kill -s KILL -- "-$workload_pid" 2>/dev/null
  }
  wait_until_ended "$workload_pid"
  workload_ended
}

# Ends what the workload left behind: nothing of it may outlive the rules.
stop_workload() {
  [ -z "$workload_pid" ] || end_workload
  [ -n "${workload_group:-}" ] || return 0
  end_group
  [ "$mode" != cgroup ] || end_cgroup "$cgroup/app" 2000
}

end_group() {
  kill -s TERM -- "-$workload_group" 2>/dev/null || return 0
  wait_for group_gone 2000 || kill -s KILL -- "-$workload_group" 2>/dev/null
}

group_gone() {
  ! kill -s 0 -- "-$workload_group" 2>/dev/null
}
