# shellcheck shell=sh disable=SC2015,SC2034,SC2154,SC2317 # a part of ondine-run: shares its variables and functions
# The guard: filter chains behind all NAT, which refuse what was not redirected. Somebody else's NAT came first, nothing
# is tracked, or the rules that redirect are gone: for that they are a table of their own.

# `guard_of TABLE` names it in `guard_name`.
guard_of() {
  guard_name=ondine-guard${1#ondine}
}

# Empty while connections may be there that are older than the rules; they are let be.
guard_every_packet=''

# To the workload's ports come, besides what was redirected elsewhere, only the sidecar and excluded users, over loopback
# and without NAT; of the workload's own, only what is excluded and what is local.
# shellcheck disable=SC2086 # lists are words
print_guard() {
  set -- "$(join_with , $target_ports)"
  cat <<RULES
create table inet $guard { comment "$rules_owner"; }
table inet $guard {
  counter refused_inbound { }
  counter refused_outbound { }

  set workload_ports {
    type inet_service
    ${1:+elements = { $1 \}}
  }

  chain input {
    type filter hook input priority 10; policy accept;
    meta l4proto != tcp return
    tcp dport != @workload_ports return
    iifname != "lo" goto refused_from_afar
    tcp flags & (fin | syn | rst | ack) != syn return
    ct status dnat goto refused_in
    ct state untracked goto refused_in
  }

  # Somebody may have connected while there were no rules. The sidecar may call from a port of the same number.
  chain refused_from_afar {
    ct direction reply return
    ct state invalid drop
    goto refused_in
  }

  chain refused_in {
    counter name refused_inbound reject with tcp reset
  }

  chain to_workload {
    tcp flags & (fin | syn | rst | ack) != syn return
    fib daddr type local tcp dport @workload_ports goto refused_in
  }

  chain from_workload {
$(print_excluded tcp return)
    jump to_workload
$([ "$mode" = cgroup ] && print_loopback_rules || print_local_rules)
    tcp flags & (fin | syn | rst | ack) == syn counter name refused_outbound reject with tcp reset
    ${exclude_uids:+return # a socket that is closed while it still sends has no user}
    # What others connected to, is answered; what was connected while there were no rules, ends.
    ct direction reply return
    ct state invalid drop
    counter name refused_outbound reject with tcp reset
  }

  chain output {
    type filter hook output priority 10; policy accept;
    meta l4proto != tcp return
$([ "$mode" = cgroup ] && print_cgroup_guard || print_netns_guard)
  }
}
RULES
}

# Only a packet with a socket has a cgroup; the kernel's own answers for closed ones pass.
print_cgroup_guard() {
  cat <<RULES
    socket cgroupv2 level $((cgroup_level + 1)) "$cgroup_path/sidecar" return
    socket cgroupv2 level $cgroup_level "$cgroup_path" goto from_workload
    goto to_workload
RULES
}

# Likewise, a user.
print_netns_guard() {
  cat <<RULES
    ${sidecar_uid:+meta skuid $sidecar_uid return}
    ${sidecar_mark:+meta mark $sidecar_mark return}
    tcp flags & (fin | syn | rst | ack) == syn goto from_workload
    ${guard_every_packet:+meta skuid 0-4294967295 goto from_workload}
RULES
}
