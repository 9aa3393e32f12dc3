#!/bin/sh
# -Y: every format shows the connections that match, with the numbers that they have without it.
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"
cd "$work" || exit 99
captures=$TOP_SRCDIR/captures

# numbers EXPRESSION: of the connections that match, in one line
numbers() {
    "$TCPVIZ" -q -r "$captures" -Y "$1" --json |
        sed -n 's/^{"type":"connection","connection":\([0-9]*\),.*/\1/p' | sort -n | tr '\n' ' '
}

all=$(numbers '')
check "an empty filter shows all" test "$(echo "$all" | wc -w)" -gt 15
"$TCPVIZ" -q -r "$captures" --json >all.json
# every field is asked the other way than JSON tells it
for pair in 'reset|"close":"reset"' 'open=refused|"open":"refused"' 'server.state = TIME_WAIT|"server":{[^}]*"state":"TIME_WAIT"' \
    'closed_by = server|"closed_by":"server"' 'conn_state ~ ^SF$|"conn_state":"SF"' \
    'finding.syn_retransmission > 0|"findings":{[^}]*"syn_retransmission"' 'ipv6|"address":"[0-9a-f:]*:' 'incarnation = 2|"incarnation":2'; do
    wanted=$(grep '"type":"connection"' all.json | grep -e "${pair#*|}" |
        sed 's/^{"type":"connection","connection":\([0-9]*\),.*/\1/' | sort -n | tr '\n' ' ')
    check "${pair%%|*}: $wanted" test "$(numbers "${pair%%|*}")" = "$wanted" -a -n "$wanted"
done
check "not turns it round" test "$(numbers "not ipv6" | wc -w)" -eq $(($(echo "$all" | wc -w) - $(numbers ipv6 | wc -w)))
check "--connection and -Y must both hold" sh -c \
    '[ "$("$TCPVIZ" -q -r "$0" --connection 2,1 -Y "number > 1" --json | grep -c "\"type\":\"connection\"")" = 1 ]' "$captures"
for format in summary ladder json; do
    "$TCPVIZ" -q -n -r "$captures/refused.pcap" -f $format -Y 'refused' >some
    "$TCPVIZ" -q -n -r "$captures/refused.pcap" -f $format >whole
    check_same "$format with what matches" whole some
    "$TCPVIZ" -q -n -r "$captures/refused.pcap" -f $format -Y 'not refused' >none
    check "$format without what does not" sh -c '! grep -q 10.91.123 none'
done
check "packets are saved whatever the filter" "$TCPVIZ" -q -r "$captures/refused.pcap" -Y midstream -f summary -w saved.pcap
check "… and once" sh -c '"$TCPVIZ" -q saved.pcap --json | grep -q "\"type\":\"capture\".*\"frames\":2,"'

"$TCPVIZ" -r "$captures/refused.pcap" -Y 'port = 80 and colour = 1' -f summary >out 2>err
check "a wrong filter is wrong usage" test $? -eq 2
check "it says what and where" grep -q '^tcpviz: -Y port = 80 and colour = 1: colour: no such field.*, at character 15$' err
"$TCPVIZ" -Y reset -f summary -r - <"$captures/reset.pcap" >out 2>err
check "a pipe is refused" test $? -eq 2
check "… with the way out" grep -q 'read twice.*-w' err

if "$TCPVIZ" -f tui -r x 2>&1 | grep -q 'without the terminal UI'; then
    skip "the terminal UI begins with it" "built without the terminal UI"
else
    printf '%s\n' 'wait loaded' "save $work/list" / "save $work/typing" >script
    check "the terminal UI takes it" "$TCPVIZ" -r "$captures" -Y 'open = refused' --script script
    check "the terminal UI begins with it" test "$(grep -c 'CLOSED' list)" -eq 2
    check "and it can be edited" grep -q '^Filter: open = refused .* 2 of ' typing
fi
done_testing
