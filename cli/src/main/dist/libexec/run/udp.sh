# shellcheck shell=sh disable=SC2034,SC2154,SC2317 # a part of ondine-run: shares its variables and functions
# Writes down every few seconds how much UDP passed, for the sidecar's metrics: the sidecar has no right to read the
# rules, and the supervisor none to keep it waiting.

# A process of its own, which ends with the supervisor, however that ends.
counting_pid=''
start_counting() {
  keep_counting </dev/null >/dev/null 2>&1 3<&- 4>&- &
  counting_pid=$!
}

keep_counting() {
  counting_pause=''
  started_at $$
  counting_for=$started # not for another supervisor, that may follow in this run directory
  trap '[ -z "$counting_pause" ] || kill "$counting_pause"; exit 0' TERM
  trap '' INT HUP QUIT
  while started_at $$ && [ "$started" = "$counting_for" ]; do
    (umask 022 && print_udp_counts >"$run_dir/udp.new") && mv "$run_dir/udp.new" "$run_dir/udp"
    sleep 5 &
    counting_pause=$!
    wait "$counting_pause"
  done
}

# For each counter a line: its name, packets, bytes.
print_udp_counts() {
  nft list counters table inet "$table" | while read -r count_word count_value _ count_bytes _; do
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
