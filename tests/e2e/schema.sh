#!/bin/sh
# Every record against the JSON Schema that is installed, the manual of it against the schema, and the examples of the
# manual.
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"
schema=$TOP_SRCDIR/data/tcpviz.schema.json
page=$TOP_SRCDIR/man/tcpviz-json.5
captures=$TOP_SRCDIR/captures
check_with() {
    python3 "$TOP_SRCDIR/tests/e2e/schema.py" "$@"
}

if ! python3 -c 'import jsonschema; jsonschema.Draft202012Validator' 2>/dev/null; then
    skip "records against the schema" "python3-jsonschema is not installed"
else
    "$TCPVIZ" --json --segments --wireshark-findings --checksums -r "$captures" >"$work/captures"
    check "the captures, with segments" check_with "$schema" "$work/captures"
    "$TCPVIZ" --json -r "$TOP_SRCDIR/tests/truth/scenarios" >"$work/truth" 2>"$work/err"
    check "real traffic" check_with "$schema" "$work/truth"
    "$TCPVIZ" --json -r "$TOP_SRCDIR/tests/truth/packetdrill" >"$work/odd" 2>"$work/err"
    check "odd traffic" check_with "$schema" "$work/odd"
    for name in random_loss icmp_port_unreachable midstream_established lo_self_connect zero_window; do
        for pcap in "$TOP_SRCDIR/tests/truth/scenarios/$name".*.pcap; do
            "$TCPVIZ" --json --segments --wireshark-findings --max-connections 1 -r "$pcap" >"$work/${pcap##*/}" 2>"$work/err"
            check "segments of ${pcap##*/}" check_with "$schema" "$work/${pcap##*/}"
        done
    done
    if "$TCPVIZ" -q --json --segments --lab "$captures/messages-with-newline.lab" >"$work/lab" 2>"$work/err"; then
        check "a lab scenario" check_with "$schema" "$work/lab"
        check "it has calls" grep -q '^{"type":"call"' "$work/lab"
        check "it has the kernels' states" grep -q '^{"type":"kernel"' "$work/lab"
    else
        skip "a lab scenario" "the lab does not run here: $(head -n 1 "$work/err")"
    fi
    "$TCPVIZ" --json --segments -r "$TOP_SRCDIR/tests/truth/scenarios/last_ack_gets_rst.client.pcap" \
        --other-end "$TOP_SRCDIR/tests/truth/scenarios/last_ack_gets_rst.server.pcap" >"$work/joined" 2>"$work/err"
    check "the captures of both ends" check_with "$schema" "$work/joined"
    # what the schema must not take
    sed 's/"confirmed":\(true\|false\)/"confirmed":"yes"/' "$work/captures" >"$work/wrong"
    check "a wrong type is refused" sh -c "! python3 '$TOP_SRCDIR/tests/e2e/schema.py' '$schema' '$work/wrong'"
    sed 's/^{"type":"connection",/&"undocumented":1,/' "$work/captures" >"$work/wrong"
    check "an undocumented field is refused" sh -c "! python3 '$TOP_SRCDIR/tests/e2e/schema.py' '$schema' '$work/wrong'"
    sed 's/"to":"[A-Z_0-9]*"/"to":"OPEN"/' "$work/captures" >"$work/wrong"
    check "an unknown state is refused" sh -c "! python3 '$TOP_SRCDIR/tests/e2e/schema.py' '$schema' '$work/wrong'"

    # the page has each field that the schema has
    check_with --fields "$schema" | grep -vx type >"$work/fields"
    sed -n 's/^\.It Cm \([a-z_0-9]*\).*/\1/p' "$page" | sort -u >"$work/fields.page"
    check_same "the page and the schema have the same fields" "$work/fields" "$work/fields.page"
fi
if command -v mandoc >/dev/null 2>&1; then
    check "mandoc finds nothing to warn of" mandoc -Tlint -Wwarning "$page"
else
    skip "mandoc finds nothing to warn of" "mandoc is not installed"
fi

# --- the examples, as they stand in the page ---
awk '/^\.Bd -literal/ { n++; inside = 1; next } /^\.Ed/ { inside = 0 } inside { print > (file n) }' \
    file="$work/example" "$page"
sed -i "s|FILE|$captures/lost-data.pcap|; s/\\\\e\$/\\\\/" "$work"/example?
# the program's name in the examples is that of the one that is tested
sed -i "s|^tcpviz |'$TCPVIZ' |" "$work"/example?
if command -v jq >/dev/null 2>&1; then
    transitions=$("$TCPVIZ" --json -r "$captures/lost-data.pcap" | grep -c '^{"type":"transition"')
    sh "$work/example1" >"$work/ways"
    check "example 1: the ways of both endpoints" [ "$(grep -c '^1	[0-9.:]*	[A-Z]' "$work/ways")" -eq "$transitions" ]
    sed -i "s|lost-data|reset|" "$work/example2"
    check "example 2: who reset it" sh -c "sh '$work/example2' | grep -qx '{\"connection\":1,\"closed_by\":\"client\"}'"
    check "example 3: bytes sent again" sh -c "sh '$work/example3' | grep -q '^[0-9.]*	[0-9]*	[1-9]'"
else
    skip "examples for jq" "jq is not installed"
fi
if command -v sqlite3 >/dev/null 2>&1; then
    (cd "$work" && sh "$work/example4" >"$work/sums" 2>"$work/err")
    check "example 4: a table in SQLite" grep -q '^[0-9.]*:[0-9]*|[1-9]' "$work/sums"
else
    skip "example 4: a table in SQLite" "sqlite3 is not installed"
fi
done_testing
