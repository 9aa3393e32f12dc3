#!/bin/sh
# --json of every capture: it parses, and its records keep the rules of the format.
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"
need jq

# what holds for the lines of one run, taken together; each false one is named
cat >"$work/rules.jq" <<'END'
def states: ["UNKNOWN", "CLOSED", "LISTEN", "SYN_SENT", "SYN_RECEIVED", "ESTABLISHED", "FIN_WAIT_1",
    "FIN_WAIT_2", "CLOSE_WAIT", "CLOSING", "LAST_ACK", "TIME_WAIT"];
def time: type == "string" and test("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{9}Z$");
def count: type == "number" and . >= 0 and . == floor;
def endpoint_record: type == "object" and (.state | IN(states[])) and (.packets | count) and (.payload_bytes | count)
    and (.unique_bytes | count) and .unique_bytes <= .payload_bytes
    and (.confidence | IN("seen", "inferred", "unknown"));
def transition: (.connection | count) and (.time | time) and (.from | IN(states[])) and (.to | IN(states[]))
    and .from != .to and (.cause | type == "string") and (.confirmed | type == "boolean")
    and (.endpoint | test("^([0-9.]+|\\[[0-9a-f:.]+\\]):[0-9]+$"))
    and ((has("frame") | not) or (.frame | count));
def segment: (.frame | count) and (.time | time) and (.flags | type == "string") and (.seq | count)
    and (.length | count) and (.client_state | IN(states[])) and (.server_state | IN(states[]))
    and (if has("checks") then .checks | all(.outcome | IN("holds", "breaks", "cannot be known")) else true end);
def connection: (.connection | count) and (.incarnation | . >= 1) and (.client | endpoint_record)
    and (if has("server") then .server | endpoint_record else true end) and (.start | time) and (.end | time)
    and (.duration | . >= 0)
    and (.open | IN("three-way", "simultaneous", "fast-open", "refused", "unanswered", "half", "midstream"))
    and (.close | IN("four-way", "three-segment", "simultaneous", "half-closed", "reset", "timeout", "open"))
    and (.closed_by | IN("client", "server", "both", "none"))
    and (.community_id | test("^1:")) and (.wireshark.completeness | count);
def capture: (.frames | count) and (.tcp_segments | count) and .tcp_segments <= .frames
    and (.connections | count) and (.complete | type == "boolean") and (.skipped | type == "object");

. as $all
| [range(length)] as $lines
| [ if all(keys_unsorted[0] == "type") then empty else "type is not first" end,
    if [.. | select(. == null)] | length == 0 then empty else "a null" end,
    ($all[] | select(.type == "transition") | select(transition | not) | "transition: \(tojson)"),
    ($all[] | select(.type == "segment") | select(segment | not) | "segment: \(tojson)"),
    ($all[] | select(.type == "connection") | select(connection | not) | "connection: \(tojson)"),
    ($all[] | select(.type == "capture") | select(capture | not) | "capture: \(tojson)"),
    ($all[] | select(.type | IN("transition", "segment", "connection", "capture") | not) | "type: \(.type)"),
    if .[-1].type == "capture" and (map(select(.type == "capture")) | length == 1) then empty
        else "the capture record is not the last and only one" end,
    if (map(select(.type == "connection")) | length) == .[-1].connections then empty
        else "connection records: not as many as counted" end,
    # an endpoint's path has no holes, and the connection record ends where it does
    (map(select(.type == "transition")) | group_by([.connection, .endpoint])[]
        | . as $path | range(1; length) | select($path[.].from != $path[. - 1].to)
        | "a hole in the path: \($path[.] | tojson)"),
    (map(select(.type == "transition")) | group_by([.connection, .endpoint])[] | .[-1] as $last
        | $all[] | select(.type == "connection" and .connection == $last.connection)
        | [.client, .server] | map(select(. != null)
            | select("\(.address):\(.port)" == $last.endpoint or "[\(.address)]:\(.port)" == $last.endpoint))
        | .[] | select(.state != $last.to) | "record and path disagree: \(.state) after \($last | tojson)"),
    # a connection record comes after the last of its transitions
    ($lines[] | . as $i | $all[$i] | select(.type == "connection") | .connection as $n
        | $all[$i + 1:][] | select(.type == "transition" and .connection == $n) | "late: \(tojson)")
  ]
| if length == 0 then true else map(stderr) | false end
END

# rules NAME ARGUMENT…
rules() {
    rules_name=$1
    shift
    "$TCPVIZ" --json "$@" >"$work/out" 2>"$work/err"
    rules_status=$?
    if [ $rules_status -ne 0 ]; then
        not_ok "$rules_name: exit status $rules_status" "$work/err"
    elif jq -es -f "$work/rules.jq" "$work/out" >"$work/jq.out" 2>&1; then
        ok "$rules_name"
    else
        not_ok "$rules_name" "$work/jq.out"
    fi
}

for capture in "$TOP_SRCDIR"/captures/*.pcap; do
    name=$(basename "$capture")
    rules "$name" -r "$capture"
    rules "$name --segments" --segments -r "$capture"
    segments=$(grep -c '"type":"segment"' "$work/out")
    frames=$(jq 'select(.type == "capture") | .tcp_segments' "$work/out")
    check "$name: a record for each segment" [ "$segments" -eq "$frames" ]
done
rules "all of them at once" -r "$TOP_SRCDIR/captures"
rules "with a filter that leaves nothing" -r "$TOP_SRCDIR/captures/ipv6.pcap" udp

# every line by itself, as jq -e reads a stream
"$TCPVIZ" --json --segments -r "$TOP_SRCDIR/captures" >"$work/out" 2>/dev/null
check "every line parses" jq -e . "$work/out"
check "the output is UTF-8" iconv -f UTF-8 -t UTF-8 "$work/out"
check "without --segments there are none" sh -c \
    "! '$TCPVIZ' --json -r '$TOP_SRCDIR/captures/ipv6.pcap' | grep -q '\"type\":\"segment\"'"
check "-f json is --json" sh -c "'$TCPVIZ' -f json '$TOP_SRCDIR/captures/ipv6.pcap' | jq -e ."
"$TCPVIZ" --json --connection 2 "$TOP_SRCDIR/captures/fast-open.pcap" | jq .connection | sort -u >"$work/seen"
check "--connection leaves the others out" sh -c "grep -qx 2 '$work/seen' && ! grep -qx 1 '$work/seen'"
done_testing
