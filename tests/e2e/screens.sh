#!/bin/sh
# The terminal UI, driven by tests/screen/*.script, shows what tests/screen/*.txt have. The first line of a script
# is "# tcpviz:" with the arguments. `make update-golden` writes the screens anew: look at the difference
# before you commit it.
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"
golden=$TOP_SRCDIR/tests/screen
"$TCPVIZ" -f tui -r x 2>&1 | grep -q 'without the terminal UI' && skip_all "built without the terminal UI"
ln -s "$TOP_SRCDIR/captures" "$work/captures" || exit 99
# these and no others where a script opens several, so that a new capture changes no screen
mkdir "$work/some" || exit 99
for name in abort-in-close-wait aborted-open accept-queue-full blind-reset blind-reset-of-a-syn corrupted-segment \
    deferred-accept duplicated-segments echo ecn fast-open fast-retransmit fin-wait-1-gives-up half-close half-open \
    handshake-four-way-close host-unreachable ipv6 ipv6-refused keep-alive killed-program late-syn-ack loopback \
    lost-ack lost-data lost-last-ack lost-syn no-answer reconnect refused reordered-data reset simultaneous-close \
    simultaneous-open three-segment-close time-wait-reuse write-after-close zero-window; do
    ln -s "$TOP_SRCDIR/captures/$name.pcap" "$work/some" || exit 99
done
TCPVIZ_CAPTURES=$TOP_SRCDIR/captures
export TCPVIZ_CAPTURES
cd "$work" || exit 99

for script in "$golden"/*.script; do
    arguments=$(sed -n '1s/^# tcpviz: //p' "$script")
    # shellcheck disable=SC2086 # a list of words
    check "${script##*/} runs" "$TCPVIZ" $arguments --script "$script"
done
rm -f check.out

if [ -n "${TCPVIZ_UPDATE_GOLDEN-}" ]; then
    rm -f "$golden"/*.txt
    check "screens are written" cp "$work"/*.txt "$golden"
    done_testing
fi
for expected in "$golden"/*.txt; do
    check_same "${expected##*/}" "$expected" "$work/${expected##*/}"
done
for seen in "$work"/*.txt; do
    [ -e "$golden/${seen##*/}" ] || not_ok "${seen##*/} has no golden" "$seen"
done
done_testing
