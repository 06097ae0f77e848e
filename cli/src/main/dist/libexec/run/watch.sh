# shellcheck shell=sh disable=SC2015,SC2034,SC2154,SC2317 # a part of ondine-run: shares its variables and functions
# The watcher: loads the rules again when somebody removed or changed them, or made the workload's cgroup anew. It goes
# on when the supervisor is killed, and its keeper starts it again when it is killed itself.

watch_keeper_pid=''
start_watcher() {
  keep_watcher </dev/null >/dev/null 3<&- 4>&- &
  watch_keeper_pid=$!
  record_process watch_keeper "$watch_keeper_pid"
}

# For as long as there is a run directory: without one there is nothing to compare with.
keep_watcher() {
  watch_stop=0 watcher_pid=''
  trap 'watch_stop=1 signals_seen=$((signals_seen + 1)); [ -z "$watcher_pid" ] || kill "$watcher_pid" 2>/dev/null' TERM
  trap '' INT HUP QUIT
  while [ "$watch_stop" -eq 0 ] && [ -d "$run_dir" ]; do
    now_ms
    watch_began=$now
    watch_interception &
    watcher_pid=$!
    record_process watcher "$watcher_pid"
    [ "$watch_stop" -eq 0 ] || kill "$watcher_pid" 2>/dev/null
    wait_until_ended "$watcher_pid"
    [ "$watch_stop" -eq 0 ] || break
    say "the watcher of the rules ended with status $exit_status: it is started again"
    now_ms
    [ $((now - watch_began)) -gt 1000 ] || sleep 1
  done
}

# At the end of what it does: it must not load the rules behind us.
stop_watcher() {
  [ -n "$watch_keeper_pid" ] || return 0
  kill -s TERM "$watch_keeper_pid" 2>/dev/null
  wait_for watch_keeper_gone 3000 || {
    kill -s KILL "$watch_keeper_pid" 2>/dev/null
    ! live_process "$run_dir" watcher || kill -s KILL "$pid"
  }
  wait "$watch_keeper_pid" 2>/dev/null
  watch_keeper_pid=''
}

watch_keeper_gone() {
  ! started_at "$watch_keeper_pid"
}

# nft says at once what was removed. Two ticks a second, for what it does not say: a cgroup, a rule that was added.
watch_interception() {
  watch_feed=''
  trap '[ -z "$watch_feed" ] || { kill "$watch_feed"; wait "$watch_feed"; } 2>/dev/null; exit 0' TERM
  [ "$mode" != cgroup ] || hold_cgroups
  rm -f "$run_dir/events"
  mkfifo -m 600 "$run_dir/events" || exit 1
  feed_events >"$run_dir/events" 2>/dev/null &
  watch_feed=$!
  # Looks at the first tick, and at the next: now nft listens.
  watch_ticks=2 watch_heard=1
  while read -r watch_event; do
    case $watch_event in
      tick) watch_tick ;;
      "delete "*" inet $table" | "delete "*" inet $table "* | "delete "*" inet $guard" | "delete "*" inet $guard "*)
        # What goes together is said piece by piece, and what we replace too: the first tells.
        [ -n "$watch_heard" ] || renew_changed_rules
        watch_heard=1
        ;;
    esac
  done <"$run_dir/events"
  exit 1 # nobody feeds us
}

watch_tick() {
  watch_ticks=$((watch_ticks + 1))
  if [ "$mode" = cgroup ] && ! is_cgroup_held; then
    renew_cgroups
  elif [ -n "$watch_heard" ] || [ $((watch_ticks % 4)) -eq 0 ]; then
    renew_changed_rules
  fi
  watch_heard=''
}

# A child of the watcher: ends when nobody reads any more, and nft with it, however it ends.
feed_events() {
  feed_nft='' feed_pause=''
  trap 'for feed_child in $feed_nft $feed_pause; do kill "$feed_child"; done; exit 0' TERM
  feed_tied='setpriv --pdeathsig TERM --' # since util-linux 2.33
  $feed_tied true || feed_tied=''
  while echo tick; do
    if [ -z "$feed_nft" ] || ! started_at "$feed_nft"; then
      $feed_tied nft monitor destroy &
      feed_nft=$!
    fi
    sleep 0.5 >/dev/null &
    feed_pause=$!
    wait "$feed_pause"
  done
  kill "$feed_nft"
}

# A firewall that is loaded anew often begins with `flush ruleset`.
renew_changed_rules() {
  renew_found=$(list_rules)
  [ "$renew_found" != "$(cat "$run_dir/rules")" ] || return 0
  renew_what=removed
  case $renew_found in
    *"table inet $guard {"*) renew_what=changed ;; # which is listed last
  esac
  if reload_rules; then
    say "somebody $renew_what the rules: they are loaded again"
  else
    say "somebody $renew_what the rules, and nft refuses them: $rules_error"
  fi
}

# Rules match a cgroup by its inode: one that was removed and made again is another one, which no rule knows. The rules
# are loaded again then. (A new app/ alone is still below the one that is captured, and sidecar/ is never empty.)
hold_cgroups() {
  # By `command`, a folder that is gone at this moment does not end the shell.
  { command exec 6<"$cgroup" 7<"$cgroup/sidecar"; } 2>/dev/null
}

# shellcheck disable=SC3013 # dash, bash and busybox have -ef: it costs no process
is_cgroup_held() {
  [ /proc/self/fd/6 -ef "$cgroup" ] && [ /proc/self/fd/7 -ef "$cgroup/sidecar" ]
}

renew_cgroups() {
  mkdir "$cgroup" "$cgroup/app" "$cgroup/sidecar" 2>/dev/null
  [ -d "$cgroup/sidecar" ] || return # whose parent is gone: again soon
  hold_cgroups || return # again soon
  if reload_rules; then
    # Whoever made it again moved the processes out, and perhaps not back.
    for renew_part in app:workload sidecar:keeper sidecar:sidecar; do
      ! live_process "$run_dir" "${renew_part#*:}" || echo "$pid" >"$cgroup/${renew_part%:*}/cgroup.procs"
    done
    say "the cgroup $cgroup was made anew: the rules are loaded again"
  else
    say "the cgroup $cgroup was made anew, and nft refused the rules for it: $rules_error"
    exec 6<&- # not held: again soon
  fi
}
