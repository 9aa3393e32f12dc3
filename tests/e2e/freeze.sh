#!/bin/sh
# What comes can be frozen and stepped through; what comes meanwhile is kept and shown afterwards.
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"
"$TCPVIZ" -f tui -r x 2>&1 | grep -q 'without the terminal UI' && skip_all "built without the terminal UI"
need mkfifo
cd "$work" || exit 99

# the capture in two pieces, cut between two packets
"$TCPVIZ" -q --json -r "$TOP_SRCDIR/captures/handshake-four-way-close.pcap" -w whole.pcap >/dev/null
"$TCPVIZ" -q --json -r whole.pcap -c 5 -w first.pcap >/dev/null
size=$(wc -c <first.pcap)
check "there is a rest" [ "$size" -lt "$(wc -c <whole.pcap)" ]

cat >script <<'END'
wait 5 packets
Enter
save live
(
save frozen
wait 11 packets
save meanwhile
(
save back
)
)
save newest
R
save thawed
)
f
save again
wait loaded
quit
END
mkfifo pipe
"$TCPVIZ" -n -r - --script script <pipe >out 2>err &
viz=$!
exec 3>pipe
# saved FILE: waits until the script has come so far
saved() {
    tries=600
    until [ -s "$1" ] || [ $tries -eq 0 ]; do
        tries=$((tries - 1))
        sleep 0.1
    done
}
cat first.pcap >&3
saved frozen
tail -c +$((size + 1)) whole.pcap >&3
saved again
exec 3>&-
wait $viz
check "the script runs to its end" [ $? -eq 0 ]

# without the title, which counts what comes
body() {
    sed 1d "$1" >"$1.body"
}
for screen in live frozen meanwhile back newest thawed again; do body $screen; done
check "the bar says that it is frozen" grep -q '^Frozen .*frame 4' frozen
check "and the title" sh -c 'sed 1q frozen | grep -q "frozen.* 5 packets"'
check_same "what comes does not change what is shown" frozen.body meanwhile.body
check "but it is counted" sh -c 'sed 1q meanwhile | grep -q "frozen.* 11 packets"'
check "it steps back" grep -q '^Frozen .*frame 3' back
check "it steps on to where it was frozen" grep -q '^Frozen .*frame 5' newest
check "what came later is not there" sh -c '! grep -q FIN newest'
check "it goes on with what has come meanwhile" grep -q 'FIN' thawed
check "without the bar" sh -c '! grep -q "^Frozen" thawed'
check "f ends it, too" grep -q 'Live again' again
done_testing
