#!/bin/sh
# csv and zeek as the readers of such files take them, against JSON's records of the same captures.
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"
need python3
captures=$TOP_SRCDIR/captures

for capture in "$captures" "$TOP_SRCDIR"/tests/truth/scenarios/random_loss.client.pcap; do
    name=${capture##*/}
    "$TCPVIZ" --json --segments --wireshark-findings -r "$capture" >"$work/json"
    "$TCPVIZ" -f csv -r "$capture" >"$work/connections.csv"
    "$TCPVIZ" -f csv --segments --wireshark-findings -r "$capture" >"$work/segments.csv"
    "$TCPVIZ" -f zeek -r "$capture" >"$work/conn.log"
    check "$name" python3 "$TOP_SRCDIR/tests/e2e/tables.py" "$work"
done
"$TCPVIZ" -f csv -r "$captures/refused.pcap" udp >"$work/none.csv"
check "csv of nothing is its head" [ "$(wc -l <"$work/none.csv")" -eq 1 ]
check "csv ends its lines with CR LF" [ "$(tail -c 2 "$work/none.csv" | od -An -tx1)" = " 0d 0a" ]
"$TCPVIZ" -f csv --connection 2 -r "$captures" >"$work/two.csv"
check "--connection chooses" sh -c "sed 1d '$work/two.csv' | cut -d, -f1 | grep -qx 2 && [ \$(wc -l <'$work/two.csv') = 2 ]"
done_testing
