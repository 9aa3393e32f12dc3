#!/bin/sh
# Every scenario runs: its calls return what it says, at both ends of the wire the states that are inferred
# are those that it expects and those that the kernel there says itself, and the capture that is bundled
# shows the same states and findings as this one.
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"
need python3
TCPVIZ_CAPTURES=$TOP_SRCDIR/captures
export TCPVIZ_CAPTURES

if ! "$TCPVIZ" -q --lab refused -f json -o "$work/probe.json" 2>"$work/probe.err"; then
    grep -q 'namespace\|libmnl' "$work/probe.err" && skip_all "$(head -n 1 "$work/probe.err")"
fi

# run NAME: once, with both ends captured; NAME.result is empty if all is right
run() {
    "$TCPVIZ" -q --lab "$1" --vantage both -w "$work/$1.pcap" -f json -o "$work/$1.json" \
        >"$work/$1.log" 2>&1 || echo "exit status $?" >>"$work/$1.log"
    for end in client server; do
        "$TCPVIZ" -q -r "$work/$1-$end.pcap" -f json -o "$work/$1-$end.json" >>"$work/$1.log" 2>&1
    done
    "$TCPVIZ" -q -r "$TCPVIZ_CAPTURES/$1.pcap" -f json -o "$work/$1-stored.json" >>"$work/$1.log" 2>&1
    end=$(sed -n 's/^vantage  *//p' "$TCPVIZ_CAPTURES/$1.lab")
    {
        cat "$work/$1.log"
        python3 "$TOP_SRCDIR/tests/e2e/lab-compare.py" "$TCPVIZ_CAPTURES/$1.lab" client \
            "$work/$1.json" 2>&1
        python3 "$TOP_SRCDIR/tests/e2e/lab-compare.py" "$TCPVIZ_CAPTURES/$1.lab" server \
            "$work/$1.json" "$work/$1-server.json" 2>&1
        python3 "$TOP_SRCDIR/tests/e2e/captures-compare.py" "$work/$1-stored.json" \
            "$work/$1-${end:-client}.json" 2>&1
    } >"$work/$1.result"
}

# they mostly wait: some at a time
rounds=${LAB_ROUNDS:-1}
while [ "$rounds" -gt 0 ]; do
    running=0
    for scenario in "$TCPVIZ_CAPTURES"/*.lab; do
        name=${scenario##*/}
        run "${name%.lab}" &
        running=$((running + 1))
        [ $((running % 6)) -ne 0 ] || wait
    done
    wait
    for scenario in "$TCPVIZ_CAPTURES"/*.lab; do
        name=${scenario##*/}
        name=${name%.lab}
        # times are the scenario's own: on a machine that others load, once more and alone
        if [ -s "$work/$name.result" ]; then
            sed 's/^/# at first: /' "$work/$name.result"
            run "$name"
        fi
        grep . "$work/$name.result" >"$work/detail"
        if [ -s "$work/detail" ]; then not_ok "$name" "$work/detail"; else ok "$name"; fi
    done
    rounds=$((rounds - 1))
done
done_testing
