#!/bin/sh
# The lab touches nothing outside, leaves nothing behind, and says what is wrong.
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"
TCPVIZ_CAPTURES=$TOP_SRCDIR/captures
export TCPVIZ_CAPTURES

if ! "$TCPVIZ" -q --lab refused -f json -o "$work/probe.json" 2>"$work/probe.err"; then
    grep -q 'namespace\|libmnl' "$work/probe.err" && skip_all "$(head -n 1 "$work/probe.err")"
fi

# --- what it shows ---

"$TCPVIZ" --lab list >"$work/list"
for scenario in "$TCPVIZ_CAPTURES"/*.lab; do
    name=${scenario##*/}
    sed -n "s/^title *//p" "$scenario" | sed "s/^/${name%.lab} /"
done | sort >"$work/wanted"
sed 's/  */ /' "$work/list" | sort >"$work/listed"
check_same "the list has every scenario with its title" "$work/wanted" "$work/listed"

"$TCPVIZ" -q --lab refused -f ladder >"$work/ladder"
check "a call stands in the ladder" grep -q 'connect(c, server:1234) = -1 ECONNREFUSED' "$work/ladder"
"$TCPVIZ" -q --lab handshake-four-way-close --vantage server -f json -w "$work/one.pcap" \
    'tcp[tcpflags] & tcp-syn != 0' >"$work/filtered"
check "a filter holds in the lab" grep -q '"frames":2,' "$work/filtered"
check "a saved packet has its time and bytes" sh -c \
    '"$0" -q -r "$1" -f json | grep -q "\"frames\":2,"' "$TCPVIZ" "$work/one.pcap"
"$TCPVIZ" -q --lab refused | head -n 1 >"$work/head"
check "a closed pipe is no error" test -s "$work/head"

# --- what it says ---

# complains STATUS TEXT SCENARIO-TEXT: the scenario ends with the status and the text on stderr
complains() {
    printf '%s\n' "$3" >"$work/bad.lab"
    "$TCPVIZ" -q --lab "$work/bad.lab" -f json >/dev/null 2>"$work/said"
    complaint=$?
    if [ $complaint -eq "$1" ] && grep -qF "$2" "$work/said"; then
        ok "says: $2"
    else
        echo "exit status $complaint" >>"$work/said"
        not_ok "says: $2" "$work/said"
    fi
}
complains 2 "bad.lab:3: dance: no such call" 'title T
client
    dance()'
complains 1 'bad: line 4: connect(c, server:1) = -1 ECONNREFUSED, where the scenario expects 0' 'title T
client
    c = socket()
    connect(c, server:1) = 0'
complains 1 'bad: line 6: accept(s) = blocks, where the scenario expects 5' 'title T
server
    s = socket()
    bind(s, 1)
    listen(s, 1)
    accepted = accept(s) = 5
limit 100ms'
complains 2 'line 3: sysctl net/ipv4/tcp_no_such_thing: No such file' 'title T
network
    sysctl both tcp_no_such_thing 1
client
    pause()'
"$TCPVIZ" --lab no-such-scenario >/dev/null 2>"$work/said"
check "an unknown name is told" grep -q 'no-such-scenario: no such scenario; --lab list' "$work/said"

# A system that forbids user namespaces: only in a namespace can a test make one.
# shellcheck disable=SC2016 # for the inner shell
if command -v unshare >/dev/null && unshare -U --map-user=1000 --keep-caps sh -c \
    'echo 0 >/proc/sys/user/max_user_namespaces' 2>/dev/null; then
    unshare -U --map-user=1000 --keep-caps sh -c \
        'echo 0 >/proc/sys/user/max_user_namespaces; "$0" --lab refused >/dev/null' "$TCPVIZ" 2>"$work/said"
    check "the setting that forbids it is named" grep -q \
        'user.max_user_namespaces=0; run it with sudo, or see a capture: tcpviz -r .*/refused.pcap$' "$work/said"
    check "root needs no user namespace" unshare -Ur sh -c \
        'echo 0 >/proc/sys/user/max_user_namespaces; "$0" -q --lab refused' "$TCPVIZ"
else
    skip "the setting that forbids it is named" "no nested user namespace to set it in"
fi

"$TCPVIZ" -q -f ladder --lab "$TOP_SRCDIR/captures/restart-in-time-wait.lab" >"$work/ladder" 2>&1
check "a call that failed outside of a connection is told" grep -qx '  server: bind(t, 1234) = -1 EADDRINUSE' "$work/ladder"

# --- what it leaves ---

cat >"$work/long.lab" <<'END'
title A long one
network
    sysctl both tcp_fin_timeout 7
server
    s = socket()
    bind(s, 1234)
    listen(s, 1)
    c = accept(s)
    pause()
client
    c = socket()
    connect(c, server:1234)
    write(c, "x")
    pause()
quiet 60s
limit 60s
END

# everything below a process
descendants() {
    for child in $(ps -o pid= --ppid "$1"); do
        echo "$child"
        descendants "$child"
    done
}
outside() {
    ls /sys/class/net
    cat /proc/sys/net/ipv4/tcp_fin_timeout /proc/sys/net/ipv4/tcp_sack
}
# lives PID: it runs; one that has ended and waits for its parent, or for an init that never asks, does not
lives() {
    case $(ps -o stat= -p "$1") in
    '' | Z*) return 1 ;;
    esac
}
# all_gone: the processes in the file end within a minute (a busy machine takes its time)
all_gone() {
    tries=600
    while [ $tries -gt 0 ]; do
        left=
        while read -r pid; do
            lives "$pid" && left="$left $pid"
        done <"$work/pids"
        [ -n "$left" ] || return 0
        sleep 0.1
        tries=$((tries - 1))
    done
    echo "still there:$left"
    # shellcheck disable=SC2086 # a list of numbers
    ps -o pid,ppid,stat,wchan,args -p "$(echo $left | tr ' ' ,)"
    return 1
}
command -v ps >/dev/null || { skip "nothing is left" "ps is not installed" && done_testing; }
outside >"$work/before"
for signal in KILL TERM; do
    "$TCPVIZ" -q --lab "$work/long.lab" -f json >"$work/long.json" 2>&1 &
    lab=$!
    tries=600
    while [ $tries -gt 0 ] && ! grep -q ESTABLISHED "$work/long.json"; do
        sleep 0.1
        tries=$((tries - 1))
    done
    outside >"$work/during"
    check_same "nothing outside changes ($signal)" "$work/before" "$work/during"
    descendants $lab >"$work/pids"
    check "it runs in three processes, beside the one that opens files ($signal)" \
        test "$(wc -l <"$work/pids")" -eq 4
    kill -"$signal" $lab
    wait $lab 2>/dev/null
    check "all is gone after SIG$signal" all_gone
done
outside >"$work/after"
check_same "nothing outside has changed" "$work/before" "$work/after"
done_testing
