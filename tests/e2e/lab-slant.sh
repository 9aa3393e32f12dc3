#!/bin/sh
# Captured at both ends of the lab's wire, arrows take the time that they took: they leave in one line and
# arrive in a later one, each with its time and the states that it brings; what did not arrive is lost.
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"
TCPVIZ_CAPTURES=$TOP_SRCDIR/captures
export TCPVIZ_CAPTURES

if ! "$TCPVIZ" -q --lab refused -f json -o "$work/probe.json" 2>"$work/probe.err"; then
    grep -q 'namespace\|libmnl' "$work/probe.err" && skip_all "$(head -n 1 "$work/probe.err")"
fi
"$TCPVIZ" -q --ascii --lab handshake-four-way-close --vantage both -f ladder -o "$work/both" 2>/dev/null
check "a SYN dives, and arrives in a later line with the server's state" \
    awk '/SYN_SENT .*SYN  *seq 0.*\\/ { left = NR } />\| SYN_RECEIVED/ { if (left && NR > left) ok = 1 } END { exit !ok }' \
    "$work/both"
check "its answer rises" grep -q '/-* *SYN ACK' "$work/both"
"$TCPVIZ" -q --ascii --lab handshake-four-way-close -f ladder -o "$work/one" 2>/dev/null
check "from one end arrows are level" sh -c "! grep -q '\\\\\\\\' '$work/one'"
"$TCPVIZ" -q --ascii --lab lost-data --vantage both -f ladder -o "$work/lost" 2>/dev/null
check "what did not arrive ends in a cross" grep -q 'PSH ACK.*-x' "$work/lost"
done_testing
