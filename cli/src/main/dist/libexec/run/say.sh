# shellcheck shell=sh disable=SC2015,SC2034,SC2154,SC2317 # a part of ondine-run: shares its variables and functions
# How the supervisor talks: one line each, to standard error.

say() {
  printf 'ondine run: %s\n' "$*" >&2
}

# Says what is wrong and ends, before anything was started.
fail() {
  fail_status=$1
  shift
  say "$*"
  exit "$fail_status"
}

# Bad flags: exit 2, as everywhere in Ondine.
usage_error() {
  say "$*"
  printf 'Try: ondine run --help\n' >&2
  exit 2
}

# Milliseconds since the machine started: monotonic, and without a process of its own.
now_ms() {
  read -r now_ms_uptime _ </proc/uptime
  now_ms_whole=${now_ms_uptime%.*}
  now_ms_hundredths=${now_ms_uptime#*.}
  # A leading 1 keeps 08 and 09 from being octal.
  now=$((now_ms_whole * 1000 + (1$now_ms_hundredths - 100) * 10))
}

# Waits until the given function succeeds: `wait_for FUNCTION MILLISECONDS`. Looks 20 times a
# second. Fails when the time is over, or when a stop was asked for that was not before.
wait_for() {
  wait_for_stops=$stop_asked
  now_ms
  wait_for_end=$((now + $2))
  until "$1"; do
    [ "$stop_asked" -eq "$wait_for_stops" ] || return 1
    now_ms
    [ "$now" -lt "$wait_for_end" ] || return 1
    sleep 0.05
  done
}

# Waits for a child until it ends or a signal comes. Sets `exit_status`, empty when the child lives
# on. Traps count in signals_seen, because `wait` itself answers a signal as it answers a child that
# a signal ended.
wait_once() {
  wait_seen=$signals_seen
  wait "$1" 2>/dev/null # dash would say "Killed"
  exit_status=$?
  [ "$signals_seen" -ne "$wait_seen" ] || return 0
  if started_at "$1"; then
    exit_status=''
    return 0
  fi
  wait "$1" 2>/dev/null
  wait_again=$?
  [ "$wait_again" -eq 127 ] || exit_status=$wait_again # 127: the first wait had it already
}

wait_until_ended() {
  exit_status=''
  while [ -z "$exit_status" ]; do
    wait_once "$1"
  done
}
