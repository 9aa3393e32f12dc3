#!/bin/sh
# --other-end from the outside: what it takes and what it says. tests/truth holds that it is right.
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"
need jq
truth=$TOP_SRCDIR/tests/truth/scenarios
client=$truth/lost_last_ack.client.pcap
server=$truth/lost_last_ack.server.pcap

"$TCPVIZ" --json --segments -r "$client" --other-end "$server" >"$work/json" 2>"$work/said"
check "two captures are joined with 0" test $? -eq 0 -a ! -s "$work/said"
check "the last ACK is told to be lost" jq -es 'map(select(.type == "segment" and .lost)) | length == 1' "$work/json"
check "the others have a time on the way" jq -es \
    'map(select(.type == "segment" and (.one_way // 0) > 0.005 and .one_way < 0.05)) | length == 10' "$work/json"
check "the capture's record sums it up" jq -es \
    '.[-1].other_end | .in_both == 10 and .lost == 1 and .unsent == 0' "$work/json"
check "every step is confirmed but what silence ends" jq -es \
    'map(select(.type == "transition" and .confirmed == false)) | length == 0' "$work/json"
"$TCPVIZ" --json --segments -r "$server" --other-end "$client" 2>/dev/null | jq -c \
    'select(.type == "transition") | [.endpoint, .from, .to, .frame]' | sort >"$work/turned"
jq -c 'select(.type == "transition") | [.endpoint, .from, .to, .frame]' "$work/json" | sort >"$work/states"
check_same "the other way round says the same" "$work/states" "$work/turned"
"$TCPVIZ" -n -f ladder -r "$client" --other-end "$server" >"$work/ladder" 2>&1
check "the ladder says what is lost" grep -q 'lost: the capture at the other end does not have it' "$work/ladder"
"$TCPVIZ" -n -f ladder -r "$truth/last_ack_gets_rst.client.pcap" --other-end \
    "$truth/last_ack_gets_rst.server.pcap" >"$work/ladder" 2>&1
check "and what was made on the way" grep -q 'RST .*never sent' "$work/ladder"

# complains STATUS PATTERN ARGUMENT…
complains() {
    status=$1
    pattern=$2
    shift 2
    "$TCPVIZ" -f summary "$@" >"$work/out" 2>"$work/said"
    seen=$?
    check "says: $pattern" sh -c "[ $seen -eq $status ] && grep -q '$pattern' '$work/said' && [ ! -s '$work/out' ]"
}
complains 2 'joins one capture with the one that -r names' --other-end "$server"
complains 2 'has no connection that .* shows too' -r "$client" --other-end "$truth/refused.server.pcap"
complains 2 'No such file' -r "$client" --other-end "$work/none.pcap"
mkfifo "$work/pipe"
complains 2 'takes files, not pipes' -r "$client" --other-end "$work/pipe"
head -c 600 "$server" >"$work/cut.pcap"
"$TCPVIZ" --json -r "$client" --other-end "$work/cut.pcap" >"$work/json" 2>"$work/said"
check "a broken one is joined as far as it goes, with 1" test $? -eq 1
check "and nothing after its end is called lost" jq -es '.[-1].other_end | .lost == 0 and .in_both == 8' "$work/json"
done_testing
