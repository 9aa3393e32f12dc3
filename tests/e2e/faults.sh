#!/bin/sh
# Nothing is lost: full disks, signals, interfaces that go away, and what was saved till then.
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"
capture=$TOP_SRCDIR/captures/lost-data.pcap

# wait_for COMMAND…: at most a minute
wait_for() {
    wait_tries=600
    until "$@"; do
        wait_tries=$((wait_tries - 1))
        [ $wait_tries -gt 0 ] || return 1
        sleep 0.1
    done
}

# says STATUS TEXT ARGUMENT…: the program ends with the status, and the text on standard error
says() {
    says_status=$1
    says_text=$2
    shift 2
    "$TCPVIZ" "$@" >"$work/out" 2>"$work/said"
    says_ended=$?
    if [ $says_ended -eq "$says_status" ] && grep -qF -e "$says_text" "$work/said"; then
        ok "says: $says_text"
    else
        echo "exit status $says_ended" >>"$work/said"
        not_ok "says: $says_text" "$work/said"
    fi
}

# --- full disks ---

if [ -c /dev/full ]; then
    says 1 '/dev/full: No space left on device' -f summary -r "$capture" -w /dev/full
    check "what was read is whole all the same" sh -c '! grep -q incomplete "$1" && grep -q "10 frames" "$1"' \
        sh "$work/out"
    says 1 '/dev/full: No space left on device' -f json -r "$capture" -o /dev/full
    "$TCPVIZ" -f json -r "$capture" >/dev/full 2>"$work/said"
    check "standard output is full: status 1" test $? -eq 1
else
    skip "a full disk" "there is no /dev/full"
fi
"$TCPVIZ" -f summary -r "$capture" >&- 2>"$work/said"
check "standard output is closed: status 1" test $? -eq 1

# --- what is empty or not there ---

says 2 "'': an empty argument" ''
says 2 "-r '': nothing has an empty name" -r ''
says 2 "-w '': nothing has an empty name" -w '' -r "$capture"
says 1 '--connection 99: no such connection; there is 1' --connection 99 -f ladder -r "$capture"
says 1 '--connection 99: no such connection; there is 1' --connection 1,99 --json -r "$capture"
"$TCPVIZ" -c 1 --connection 2 --json -r "$capture" >/dev/null 2>"$work/said"
check "what -c left out may be there" test ! -s "$work/said"

# --- signals: what came till then is saved ---

# frames FILE: how many packets it has
frames() {
    "$TCPVIZ" --json -r "$1" 2>/dev/null | sed -n 's/.*"type":"capture".*"frames":\([0-9]*\).*/\1/p'
}

# The capture without its last packet, so that it could go on.
mkfifo "$work/fifo"
saved_nine() {
    [ "$(frames "$work/saved.pcap")" = 9 ]
}
for signal in INT TERM HUP PIPE KILL; do
    rm -f "$work/saved.pcap"
    env --default-signal=INT,HUP "$TCPVIZ" --json -r "$work/fifo" -w "$work/saved.pcap" \
        >"$work/out" 2>"$work/said" &
    viz=$!
    exec 7>"$work/fifo"
    python3 "$TOP_SRCDIR/tests/e2e/first-packets.py" 9 "$capture" >&7
    check "what came is saved while more may come ($signal)" wait_for saved_nine
    kill -$signal $viz
    if [ $signal = PIPE ]; then # ignored: a pipe that broke is seen when it is written to
        check "a SIGPIPE from elsewhere ends nothing" kill -0 $viz
        kill -TERM $viz
    fi
    wait $viz
    status=$?
    exec 7>&-
    if [ $signal = KILL ]; then
        check "a killed one leaves a capture that opens" saved_nine
    else
        check "it ends in order ($signal)" test $status -eq 0
        check "it says all that it knew ($signal)" grep -q '"frames":9' "$work/out"
        check "the saved capture is whole ($signal)" saved_nine
    fi
done

# timeout(1) and service managers signal a process and then its group: two at once are one wish.
# Stopped meanwhile, it finds both when it goes on.
rm -f "$work/saved.pcap"
env --default-signal=INT "$TCPVIZ" --json -r "$work/fifo" -w "$work/saved.pcap" >"$work/out" \
    2>"$work/said" &
viz=$!
exec 7>"$work/fifo"
python3 "$TOP_SRCDIR/tests/e2e/first-packets.py" 9 "$capture" >&7
check "what came is saved while more may come (twice)" wait_for saved_nine
kill -STOP $viz
kill -TERM $viz
kill -INT $viz
kill -CONT $viz
wait $viz
status=$?
exec 7>&-
check "two signals at once: it ends in order" test $status -eq 0
check "two signals at once: it says all that it knew" grep -q '"frames":9' "$work/out"

# the process that opens files goes with it, even if it was killed
no_broker() {
    ! grep -lx tcpviz-broker /proc/[0-9]*/comm 2>/dev/null | while read -r comm; do
        tr '\0' ' ' <"${comm%comm}cmdline"
    done | grep -F "$work/fifo"
}
check "no process is left" wait_for no_broker

# --- times that run backwards ---

python3 "$TOP_SRCDIR/tests/e2e/first-packets.py" 10 "$capture" -3600 >"$work/back.pcap"
says 0 'back.pcap: 10 packets' -v --json -r "$work/back.pcap" -w "$work/back-saved.pcap"
check "times that run backwards are saved as they are" test "$(frames "$work/back-saved.pcap")" = 10

# --- interfaces ---

# shellcheck disable=SC2016 # for the inner shell
if ! unshare -n sh -c 'ip link add v0 type veth peer name v1' 2>/dev/null; then
    skip "an interface goes away: it says so" "no network of its own to capture in"
    done_testing
fi
# on_veth COMMAND: captures on an interface of its own, and does that; the exit status
# shellcheck disable=SC2016 # for the inner shell
on_veth() {
    unshare -n sh -c 'ip link set lo up && ip link add v0 type veth peer name v1 &&
        ip link set v0 up && ip link set v1 up || exit 99
        env --default-signal=INT "$1" -p -i v0 --json -w "$2" >"$3" 2>"$4" &
        viz=$!
        tries=600
        until [ "$(wc -l <"/proc/$viz/net/packet")" -gt 1 ] || [ $((tries -= 1)) -eq 0 ]; do
            sleep 0.1
        done
        eval "$5"
        tries=600
        while kill -0 $viz 2>/dev/null && [ $((tries -= 1)) -gt 0 ]; do
            sleep 0.1
        done
        kill -KILL $viz 2>/dev/null && exit 98
        wait $viz' sh "$TCPVIZ" "$work/gone.pcap" "$work/gone.json" "$work/said" "$1"
    echo "exit status $?" >>"$work/said"
}
on_veth 'ip link del v0'
check "an interface goes away: it says so" grep -q '^tcpviz: v0: ' "$work/said"
check "an interface goes away: status 1" grep -q '^exit status 1$' "$work/said"
check "an interface goes away: not complete" grep -q '"complete":false' "$work/gone.json"
check "an interface goes away: the saved capture opens" "$TCPVIZ" --json -r "$work/gone.pcap"
# shellcheck disable=SC2016 # for the inner shell
on_veth 'ip link set v0 down; ip link set v0 up; kill -INT $viz'
check "an interface that was down for a while is no fault" grep -q '^exit status 0$' "$work/said"
# shellcheck disable=SC2016 # for the inner shell
on_veth 'kill -STOP $viz; ip link set v1 address 02:00:00:00:00:01; ip link set v1 down; ip link set v1 up
    kill -CONT $viz; kill -INT $viz'
check "stopped for a while it goes on" grep -q '^exit status 0$' "$work/said"
done_testing
