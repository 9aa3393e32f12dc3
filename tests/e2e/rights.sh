#!/bin/sh
# What the running program may do: whose rights it has in each mode, and whose its files are.
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"
capture=$TOP_SRCDIR/captures/lost-data.pcap
TCPVIZ_CAPTURES=$TOP_SRCDIR/captures
export TCPVIZ_CAPTURES
unset SUDO_UID SUDO_GID DOAS_USER

"$TCPVIZ" -v -f summary "$capture" >/dev/null 2>"$work/said"
confined=yes
grep -q 'confined by Landlock and seccomp' "$work/said" || confined=

# wait_for COMMAND…: at most a minute
wait_for() {
    wait_tries=600
    until "$@"; do
        wait_tries=$((wait_tries - 1))
        [ $wait_tries -gt 0 ] && kill -0 "$viz" 2>/dev/null || return 1
        sleep 0.1
    done
}

# has FIELD VALUE: in the status of the process
has() {
    grep -q "^$1:[[:space:]]*$2[[:space:]]*$" "/proc/$viz/status"
}

# it_is_confined MODE: what the process $viz has left, once it reads
it_is_confined() {
    if [ -n "$confined" ]; then
        check "$1: it is confined" wait_for has Seccomp_filters 2
    else
        skip "$1: it is confined" "not in this build, or on this system"
    fi
    check "$1: no new privileges" wait_for has NoNewPrivs 1
    check "$1: no capabilities" has CapEff 0000000000000000
    check "$1: none can come back" has CapPrm 0000000000000000
}

# ends: ends the process and waits for it
ends() {
    kill "$viz" 2>/dev/null
    wait "$viz"
}

# --- each mode ---

mkfifo "$work/fifo"
"$TCPVIZ" -f json -r "$work/fifo" >/dev/null 2>&1 &
viz=$!
exec 7>"$work/fifo"
cat "$capture" >&7
it_is_confined "a file"
exec 7>&-
ends

printf 'wait loaded\nquit\n' >"$work/keys"
"$TCPVIZ" --script "$work/keys" -r "$work/fifo" >/dev/null 2>&1 &
viz=$!
exec 7>"$work/fifo"
cat "$capture" >&7
it_is_confined "the terminal UI"
exec 7>&-
ends

printf 'title long\nclient\n    pause()\n' >"$work/long.lab"
"$TCPVIZ" --lab "$work/long.lab" -f json >/dev/null 2>"$work/said" &
viz=$!
if wait_for has NoNewPrivs 1 2>/dev/null; then
    it_is_confined "the lab"
else
    skip "the lab: it is confined" "$(head -n 1 "$work/said")"
fi
ends

if [ "$(id -u)" -ne 0 ] || ! unshare -n ip link set lo up 2>/dev/null; then
    skip "live: it is confined" "no network of its own to capture in"
    done_testing
fi

# live COMMAND…: in a network of its own; in the background only
# shellcheck disable=SC2016 # for the inner shell
live() {
    exec unshare -n sh -c 'ip link set lo up && exec "$@"' sh "$@"
}
live "$TCPVIZ" -i lo -f json >/dev/null 2>&1 &
viz=$!
check "live: it captures" wait_for captures $viz
it_is_confined "live"
ends

# --- whose rights, whose files: only root can give its own up ---

chmod 755 "$work"
mkdir "$work/closed"
chmod 700 "$work/closed"
cp "$capture" "$work/closed/in.pcap"
chmod 600 "$work/closed/in.pcap"
live env SUDO_UID=65534 SUDO_GID=65534 "$TCPVIZ" -i lo -f json -w "$work/closed/live.pcap" \
    >/dev/null 2>&1 &
viz=$!
check "under sudo: it becomes the caller" wait_for has Uid "65534[[:space:]]*65534[[:space:]]*65534[[:space:]]*65534"
check "under sudo: with the caller's group" has Gid "65534[[:space:]]*65534[[:space:]]*65534[[:space:]]*65534"
check "under sudo: supplementary groups are gone" has Groups ""
ends
check "-w belongs to the caller" test "$(stat -c %u:%g "$work/closed/live.pcap")" = 65534:65534

SUDO_UID=65534 SUDO_GID=65534 "$TCPVIZ" --json -r "$work/closed/in.pcap" -w "$work/closed/w.pcap" \
    -o "$work/closed/out.json" 2>"$work/said"
check "what only root may read is read" grep -q '"frames":10' "$work/closed/out.json"
check "-o belongs to the caller" test "$(stat -c %u "$work/closed/out.json")" -eq 65534
check "the saved capture is whole" sh -c '"$0" --json -r "$1" | grep -q "\"frames\":10"' \
    "$TCPVIZ" "$work/closed/w.pcap"
echo old >"$work/closed/old.json"
SUDO_UID=65534 "$TCPVIZ" --json -r "$capture" -o "$work/closed/old.json" 2>"$work/said"
check "what was there keeps its owner" test "$(stat -c %u "$work/closed/old.json")" -eq 0
SUDO_UID=65534 "$TCPVIZ" --json -r "$work/closed" >"$work/all.json" 2>"$work/said"
check "a directory of root's is read" grep -q '"frames":20' "$work/all.json"

# two link types: the saved file is rewritten beside itself, which only root may do there
SUDO_UID=65534 SUDO_GID=65534 "$TCPVIZ" -q --json -r "$capture" -r "$TOP_SRCDIR/captures/loopback.pcap" \
    -w "$work/closed/two.pcap" -o "$work/closed/two.json" 2>"$work/said"
check "a saved file is rewritten" sh -c '"$0" -q --json -r "$1" >"$1.json" && ! ls "$1".??????' \
    "$TCPVIZ" "$work/closed/two.pcap" 2>/dev/null

"$TCPVIZ" -Z nobody -v -f summary "$capture" >/dev/null 2>"$work/said"
check "-Z: it becomes that user" grep -q 'user nobody' "$work/said"
"$TCPVIZ" -Z no-such-user -f summary "$capture" >/dev/null 2>"$work/said"
check "-Z: nobody of that name is wrong usage" test $? -eq 2
check "-Z: and said" grep -q 'no-such-user: there is no such user' "$work/said"
"$TCPVIZ" --sandbox=off -q -f summary "$capture" >/dev/null 2>"$work/said"
check "--sandbox=off says so" grep -q 'nothing confines' "$work/said"

# --- capabilities of the file instead of sudo ---

cp "$TCPVIZ" "$work/tcpviz"
chmod 755 "$work/tcpviz"
if command -v setcap >/dev/null && setcap cap_net_raw+ep "$work/tcpviz" 2>/dev/null &&
    setpriv --reuid=65534 --regid=65534 --clear-groups "$work/tcpviz" -V >/dev/null 2>&1; then
    live setpriv --reuid=65534 --regid=65534 --clear-groups "$work/tcpviz" -p -i lo -f json \
        >/dev/null 2>"$work/said" &
    viz=$!
    check "setcap: anybody captures" wait_for captures $viz
    check "setcap: and keeps no capability" wait_for has CapPrm 0000000000000000
    ends
else
    skip "setcap: anybody captures" "file capabilities are not to be had here"
fi
done_testing
