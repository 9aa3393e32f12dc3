#!/bin/sh
# Live on loopback: a real server and client on port 1234, both states all the way to TIME_WAIT and
# CLOSED, and no packet missed. Runs in a network of its own where the system allows one.
if [ -z "${LIVE_LO_ALONE-}" ]; then
    LIVE_LO_ALONE=yes
    export LIVE_LO_ALONE
    as_root=
    [ "$(id -u)" -eq 0 ] || as_root=-r
    if unshare $as_root -n ip link set lo up 2>/dev/null; then
        exec unshare $as_root -n "${SHELL:-/bin/sh}" -c 'ip link set lo up && exec /bin/sh "$0"' "$0"
    fi
    LIVE_LO_ALONE=no
fi
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"
need jq
pair=$TOP_BUILDDIR/tests/e2e/echo_pair

# start ARGUMENT…: captures in the background and returns once it does. The shell has set SIGINT to be
# ignored for background commands, which tcpviz respects: env undoes that.
start() {
    env --default-signal=INT "$TCPVIZ" "$@" >"$work/out" 2>"$work/err" &
    viz=$!
    tries=0
    until captures $viz; do
        tries=$((tries + 1))
        [ $tries -lt 600 ] || return 1
        kill -0 $viz 2>/dev/null || return 1
        sleep 0.1
    done
    sleep 0.3
}

# ended: waits for it, at most a minute; its exit status
ended() {
    tries=0
    while kill -0 $viz 2>/dev/null; do
        tries=$((tries + 1))
        [ $tries -lt 600 ] || kill -KILL $viz
        sleep 0.1
    done
    wait $viz
    status=$?
}

# stop: as Ctrl-C does
stop() {
    kill -INT $viz
    ended
}

# lines COUNT PATTERN: waits until the output has so many lines with it, a minute at most
lines() {
    tries=0
    until [ "$(grep -c "$2" "$work/out")" -ge "$1" ]; do
        tries=$((tries + 1))
        [ $tries -lt 600 ] || return 1
        sleep 0.1
    done
}

# packets of lo so far, by the kernel
lo_packets() {
    sed -n 's/^ *lo: *//p' /proc/net/dev | { read -r _ packets _ && echo "$packets"; }
}

# transitions FILE ENDPOINT-PATTERN: the path of each endpoint that matches, one a line
paths() {
    jq -r --arg at "$2" 'select(.type == "transition" and (.endpoint | test($at)))
        | "\(.connection) \(.from) \(.to)"' "$1" |
        awk '!($1 in path) { path[$1] = $2 } { path[$1] = path[$1] " " $3 } END { for (n in path) print path[n] }' |
        sort | uniq -c | sed 's/^ *//'
}

start --json -i lo port 1234 || skip_all "tcpviz may not capture on lo: $(head -n 1 "$work/err")"
before=$(lo_packets)
check "a server and three clients talk" "$pair" 1234 3
lines 3 '"to":"TIME_WAIT"'
sleep 0.3
after=$(lo_packets)
stop
check "Ctrl-C ends it with 0" [ $status -eq 0 ]
echo "3 LISTEN SYN_RECEIVED ESTABLISHED FIN_WAIT_1 FIN_WAIT_2 TIME_WAIT" >"$work/expected"
paths "$work/out" ':1234$' >"$work/seen"
check_same "each server goes to TIME_WAIT" "$work/expected" "$work/seen"
echo "3 CLOSED SYN_SENT ESTABLISHED CLOSE_WAIT LAST_ACK CLOSED" >"$work/expected"
jq -c 'select(.type == "transition" and (.endpoint | test(":1234$") | not))' "$work/out" >"$work/clients"
paths "$work/clients" . >"$work/seen"
check_same "each client goes to CLOSED" "$work/expected" "$work/seen"
jq -r 'select(.type == "connection") | "\(.client.state) \(.server.state) \(.open) \(.closed_by) \(.server.port)"' \
    "$work/out" | sort | uniq -c | sed 's/^ *//' >"$work/seen"
echo "3 CLOSED TIME_WAIT three-way server 1234" >"$work/expected"
check_same "the connection records agree" "$work/expected" "$work/seen"
jq -e 'select(.type == "capture") | .complete and .kernel_dropped == 0' "$work/out" >"$work/seen"
check "nothing was dropped" grep -qx true "$work/seen"
frames=$(jq 'select(.type == "capture") | .frames' "$work/out")
if [ "$LIVE_LO_ALONE" = yes ]; then
    echo "# kernel $((after - before)), tcpviz $frames"
    check "the kernel counts as many packets" [ "$((after - before))" -eq "$frames" ]
else
    skip "the kernel counts as many packets" "this loopback is not ours alone"
fi

# TIME_WAIT runs out while nothing is captured any more
start --json --msl 0.5 -i lo port 1234
check "a client talks over IPv6" "$pair" 1234 1 6
check "TIME_WAIT ends by the clock, before the capture does" lines 2 '"to":"CLOSED"'
stop
jq -c 'select(.type == "connection") | [.client.state, .server.state, .server.address]' \
    "$work/out" >"$work/seen"
echo '["CLOSED","CLOSED","::1"]' >"$work/expected"
check_same "both ends are CLOSED" "$work/expected" "$work/seen"

# a burst: as many as a short-connection load makes
start --json -i lo port 1234
before=$(lo_packets)
check "five hundred clients talk" "$pair" 1234 500
lines 500 '"to":"TIME_WAIT"'
sleep 0.3
after=$(lo_packets)
stop
frames=$(jq 'select(.type == "capture") | .frames' "$work/out")
connections=$(jq 'select(.type == "capture") | .connections' "$work/out")
check "all five hundred were seen" [ "$connections" -eq 500 ]
if [ "$LIVE_LO_ALONE" = yes ]; then
    echo "# kernel $((after - before)), tcpviz $frames"
    check "no packet of the burst was missed" [ "$((after - before))" -eq "$frames" ]
else
    skip "no packet of the burst was missed" "this loopback is not ours alone"
fi

# -c ends it by itself, and any sees each segment once
start --json -i any -c 6 port 1234
"$pair" 1234 1 >/dev/null
ended
check "-c on any ends with 0" [ $status -eq 0 ]
check "after as many packets" jq -e 'select(.type == "capture") | .frames == 6' "$work/out"

start --json -i any port 1234
"$pair" 1234 1 >/dev/null
lines 1 '"to":"TIME_WAIT"'
sleep 0.3
stop
jq -c 'select(.type == "connection") | [.open, .client.state, .server.state, .client.retransmissions,
    .server.retransmissions]' "$work/out" >"$work/seen"
echo '["three-way","CLOSED","TIME_WAIT",0,0]' >"$work/expected"
check_same "any shows the connection once, without repeats" "$work/expected" "$work/seen"
done_testing
