# shellcheck shell=sh disable=SC2015,SC2034,SC2154,SC2317 # a part of ondine-run: shares its variables and functions
# The flags of `ondine run`, read into variables and checked before anything happens.

read_flags() {
  service='' namespace=${ONDINE_NAMESPACE:-default} instance='' ports='' address='' ready=tcp
  control=${ONDINE_CONTROL:-127.0.0.1:15010} mode=auto netns='' user=''
  wait_ms=10000 wait_text=10s drain_ms=10000 grace_ms=10000 base_port=''
  sidecar_uid=15001 mark=3920 sidecar_log='' sidecar_program=${ONDINE_SIDECAR:-}
  exclude_ports='' exclude_cidrs='' exclude_uids='' cgroup_flag=''
  tls_cert='' tls_key=''
  identity=${ONDINE_IDENTITY:-off} service_account='' identity_socket='' join_token='' key_store=memory

  flags_given=$#
  while [ $# -gt 0 ]; do
    flag=$1
    case $flag in
      --) break ;;
      -h | --help) print_help; exit 0 ;;
      --*=*) value=${flag#*=} flag=${flag%%=*} ;;
      --*)
        [ $# -ge 2 ] && [ "$2" != -- ] || usage_error "$flag lacks its value"
        value=$2
        shift
        ;;
      *) usage_error "unexpected '$flag': flags come first, then --, then the command" ;;
    esac
    shift
    set_flag "$flag" "$value"
  done
  [ $# -gt 0 ] || usage_error "lacks -- and the command to run"
  shift
  [ $# -gt 0 ] || usage_error "lacks the command to run after --"
  command_at=$((flags_given - $#))

  [ -n "$service" ] || usage_error "lacks --service NAME"
  [ "${tls_cert:+both}" = "${tls_key:+both}" ] ||
    usage_error "--tls-cert and --tls-key go together: give both or neither"
  need_one_of ONDINE_IDENTITY "$identity" on off
  [ "$identity" = on ] || [ -z "$service_account$identity_socket$join_token" ] ||
    usage_error "--service-account, --identity-socket and --join-token-file mean nothing without --identity on"
  [ "$sidecar_uid" -ne 0 ] || usage_error "--sidecar-uid 0: the sidecar needs a uid of its own"
}

set_flag() {
  case $1 in
    --service) need_label "$1" "$2"; service=$2 ;;
    --namespace) need_label "$1" "$2"; namespace=$2 ;;
    --instance) need_label "$1" "$2"; instance=$2 ;;
    --port) need_port_spec "$1" "$2"; ports="$ports $2" ;;
    --address) address=$2 ;;
    --ready) need_ready "$1" "$2"; ready=$2 ;;
    --control) control=$2 ;;
    --mode) need_one_of "$1" "$2" auto netns cgroup explicit; mode=$2 ;;
    --cgroup) need_cgroup "$1" "$2"; cgroup_flag=$2 ;;
    --netns) netns=$2 ;;
    --user) user=$2 ;;
    --wait) need_duration "$1" "$2"; wait_ms=$milliseconds wait_text=$2 ;;
    --drain) need_duration "$1" "$2"; drain_ms=$milliseconds ;;
    --grace) need_duration "$1" "$2"; grace_ms=$milliseconds ;;
    --base-port) need_number "$1" "$2" 1024 65000; base_port=$2 ;;
    --sidecar-uid) need_number "$1" "$2" 0 4294967294; sidecar_uid=$2 ;;
    --mark) need_number "$1" "$2" 1 2147483647; mark=$2 ;;
    --sidecar-log) sidecar_log=$2 ;;
    --sidecar) sidecar_program=$2 ;;
    --tls-cert) need_file "$1" "$2"; tls_cert=$file ;;
    --tls-key) need_file "$1" "$2"; tls_key=$file ;;
    --identity) need_one_of "$1" "$2" on off; identity=$2 ;;
    --service-account) need_label "$1" "$2"; service_account=$2 ;;
    --identity-socket) identity_socket=$2 ;;
    --join-token-file) need_file "$1" "$2"; join_token=$file ;;
    --key-store) need_one_of "$1" "$2" memory disk; key_store=$2 ;;
    --exclude-port) need_number "$1" "$2" 1 65535; exclude_ports="$exclude_ports $2" ;;
    --exclude-cidr) need_cidr "$1" "$2"; exclude_cidrs="$exclude_cidrs $2" ;;
    --exclude-uid) need_number "$1" "$2" 0 4294967294; exclude_uids="$exclude_uids $2" ;;
    *) usage_error "unknown flag $1" ;;
  esac
}

need_label() {
  case $2 in
    '' | -* | *- | *[!a-z0-9-]*)
      usage_error "$1 '$2' is no name: lower-case letters, digits and '-', 1 to 63 characters, starting and ending with a letter or digit"
      ;;
  esac
  [ ${#2} -le 63 ] || usage_error "$1 '$2' is longer than 63 characters"
}

is_number() {
  case $1 in
    '' | *[!0-9]* | ???????????*) return 1 ;;
  esac
}

need_number() {
  is_number "$2" && [ "$2" -ge "$3" ] && [ "$2" -le "$4" ] ||
    usage_error "$1 '$2' is no number from $3 to $4"
}

# PORT[:TARGET][/PROTOCOL]
need_port_spec() {
  case $2 in
    */*) need_one_of "$1" "${2#*/}" tcp http http2 grpc tls auto ;;
  esac
  need_port_numbers=${2%%/*}
  need_number "$1" "${need_port_numbers%%:*}" 1 65535
  case $need_port_numbers in
    *:*) need_number "$1" "${need_port_numbers#*:}" 1 65535 ;;
  esac
}

need_ready() {
  case $2 in
    tcp | grpc | http:/*) ;;
    *) usage_error "$1 '$2' is none of tcp, http:/PATH, grpc" ;;
  esac
}

need_one_of() {
  need_flag=$1 need_value=$2
  shift 2
  for need_allowed in "$@"; do
    [ "$need_value" != "$need_allowed" ] || return 0
  done
  usage_error "$need_flag '$need_value' is none of: $*"
}

# The sidecar works in another folder: it gets the whole path. What the file holds is its to check.
need_file() {
  file=$(readlink -f -- "$2") && [ -f "$file" ] || usage_error "$1 '$2' is no file"
}

# The form is nft's to check; the characters are ours, because they go into its input.
need_cidr() {
  case $2 in
    '' | *[!0-9a-fA-F.:/]*) usage_error "$1 '$2' is no address or CIDR" ;;
  esac
}

need_cgroup() {
  case $2/ in
    */../* | *//*) usage_error "$1 '$2' is no path of a cgroup, such as /machine.slice" ;;
    /*) ;;
    *) usage_error "$1 '$2' does not begin with '/': a path as in /proc/PID/cgroup, such as /machine.slice" ;;
  esac
}

# 10s, 500ms, 1m, 1h: the units of GEP-2257, one of them.
need_duration() {
  case $2 in
    *ms) milliseconds=${2%ms} need_duration_unit=1 ;;
    *s) milliseconds=${2%s} need_duration_unit=1000 ;;
    *m) milliseconds=${2%m} need_duration_unit=60000 ;;
    *h) milliseconds=${2%h} need_duration_unit=3600000 ;;
    *) milliseconds='' ;;
  esac
  is_number "$milliseconds" && [ ${#milliseconds} -le 6 ] ||
    usage_error "$1 '$2' is no duration: a number with ms, s, m or h, such as 10s"
  milliseconds=$((milliseconds * need_duration_unit))
}

print_help() {
  cat <<'HELP'
Usage: ondine run --service NAME [flags] -- COMMAND [ARGUMENT…]

Runs a command as a workload of the mesh: a sidecar takes all its TCP and DNS traffic, both ways.
The command needs no change and learns nothing of it.

  --service NAME       the service that the command is an instance of
  --namespace NAME     its namespace (default)
  --instance NAME      its own name, unique in the namespace (the first free of NAME-0, NAME-1, …)
  --port P[:T][/PROTO] a port of the service; T: where the command listens, if not on P; PROTO: tcp,
                       http, http2, grpc, tls or auto (found out from the first bytes). Repeatable
  --ready CHECK        when it counts as ready: tcp (its port answers), http:/PATH, grpc (tcp)
  --address IP         where others reach it (found out)
  --control HOST:PORT  the control plane, several with commas (127.0.0.1:15010)

  --tls-cert FILE      certificate chain in PEM: the sidecar takes TLS for the command, beside plaintext
  --tls-key FILE       its key in PEM, PKCS #8; the sidecar's user must be able to read both

  --identity on|off    the sidecar proves who the command is, and lets others prove it (off)
  --service-account N  the last part of its identity (the service's name)
  --identity-socket S  the socket of a control on this host (/run/ondine/identity.sock, or the user's)
  --join-token-file F  a join token, for a control on another host (`ondine token create`)
  --key-store KIND     memory: a key is never on a disk; disk: it may be (memory)

  --mode MODE          netns: intercept the whole network namespace; cgroup: this command alone, which
                       shares the network with others; explicit: no interception, the command uses
                       the sidecar's explicit port; auto: netns, or in the machine's own namespace
                       cgroup, where it is possible (auto)
  --cgroup PATH        make the command's cgroup below this one (that of the caller)
  --netns NAME         enter this network namespace first: a name of `ip netns` or a path
  --exclude-port P     leave outgoing connections to this port alone. Repeatable
  --exclude-cidr CIDR  … to these addresses
  --exclude-uid UID    … of this user

  --wait DURATION      hold the command until the sidecar is ready, this long at most (10s)
  --drain DURATION     on stop: keep serving while the mesh takes the instance out (10s)
  --grace DURATION     on stop: from SIGTERM to SIGKILL (10s)
  --user USER          run the command as this user (who calls)
  --sidecar-uid UID    run the sidecar as this user (15001); only as root
  --mark NUMBER        the socket mark that tells the sidecar's traffic where only one uid exists (3920)
  --base-port PORT     the first of the sidecar's ports (15000, or the next free hundred)
  --sidecar-log FILE   where the sidecar's output goes (standard error)

Exit status: that of the command, 128+N if signal N ended it; 2 bad flags, 125 the mesh could not be
set up, 126 the command cannot be run, 127 there is no such command.
HELP
}
