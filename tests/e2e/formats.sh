#!/bin/sh
# The formats: each is in the table, in --help formats and works with -o FILE; what they have in common.
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"
need jq
captures=$TOP_SRCDIR/captures

"$TCPVIZ" --help formats | awk 'NR > 2 { print $1 }' >"$work/formats"
"$TCPVIZ" -f no-such-format x 2>&1 | sed -n 's/.*there are //p' | sed 's/ and /, /; s/, /\n/g' >"$work/named"
check_same "--help formats lists those that -f takes" "$work/named" "$work/formats"
check "there are some" test -s "$work/formats"

while read -r format; do
    [ "$format" != tui ] || continue
    check "$format to a file" "$TCPVIZ" -f "$format" -o "$work/file" -r "$captures/refused.pcap"
    "$TCPVIZ" -f "$format" -r "$captures/refused.pcap" >"$work/stdout"
    check_same "$format: the same as on standard output" "$work/stdout" "$work/file"
    check "$format is not empty" test -s "$work/file"
    check "$format of a capture without TCP" "$TCPVIZ" -f "$format" -o "$work/file" \
        -r "$captures/refused.pcap" udp
    check "$format of odd traffic" "$TCPVIZ" -f "$format" -o "$work/odd.$format" -r "$TOP_SRCDIR/tests/truth/packetdrill"
    check "$format is UTF-8" iconv -f UTF-8 -t UTF-8 "$work/odd.$format"
    check "$format has no control characters" sh -c "! LC_ALL=C tr -d '\\n\\r\\t\\040-\\176\\200-\\377' <'$work/odd.$format' | grep -q ."
done <"$work/formats"

# connections end in another order than that of their numbers
"$TCPVIZ" --json -r "$captures" | jq -r 'select(.type == "connection") | .connection' >"$work/ended"
check "connections do not end in order" sh -c "! sort -nc '$work/ended' 2>/dev/null"
"$TCPVIZ" -f summary -r "$captures" | awk '$1 ~ /^[0-9]+$/ { print $1 }' >"$work/numbers"
check "the summary lists all of them" [ "$(wc -l <"$work/ended")" -eq "$(wc -l <"$work/numbers")" ]
check "the summary lists them by number" sort -nc "$work/numbers"
done_testing
