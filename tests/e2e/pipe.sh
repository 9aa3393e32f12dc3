#!/bin/sh
# -r - reads a capture while it grows: what is there is shown before the end comes.
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"
need mkfifo
capture=$TOP_SRCDIR/captures/half-close.pcap

# lines_within SECONDS PATTERN FILE: waits until the pattern is there
lines_within() {
    tries=$(($1 * 10))
    until grep -q "$2" "$3"; do
        tries=$((tries - 1))
        [ $tries -gt 0 ] || return 1
        sleep 0.1
    done
}

mkfifo "$work/pipe"
"$TCPVIZ" --json -r - <"$work/pipe" >"$work/out" 2>"$work/err" &
viz=$!
exec 3>"$work/pipe"
# cut inside a packet
head -c 1501 "$capture" >&3
check "transitions come before the end" lines_within 60 '"to":"ESTABLISHED"' "$work/out"
check "the end is not there yet" sh -c "! grep -q '\"type\":\"capture\"' '$work/out'"
tail -c +1502 "$capture" >&3
exec 3>&-
wait $viz
check "the end of the pipe ends it with 0" [ $? -eq 0 ]
"$TCPVIZ" --json -r "$capture" | sed 's/"source":"[^"]*"//' >"$work/expected"
sed 's/"source":"[^"]*"//' "$work/out" >"$work/seen"
check_same "and the whole is as from the file" "$work/expected" "$work/seen"

# a pipe that ends inside a packet
head -c 1501 "$capture" | "$TCPVIZ" --json -r - >"$work/out" 2>"$work/err"
check "a cut pipe ends with 1" [ $? -eq 1 ]
check "and says where" grep -q '^tcpviz: .*byte' "$work/err"

# compressed on standard input, through a name that says nothing
if command -v gzip >/dev/null 2>&1; then
    gzip -c "$capture" | "$TCPVIZ" --json -r - 2>"$work/err" |
        sed 's/"source":"[^"]*"//' >"$work/seen"
    check_same "gzip on standard input" "$work/expected" "$work/seen"
else
    skip "gzip on standard input" "gzip is not installed"
fi

# a reader that goes away is no fault
{
    "$TCPVIZ" --json --segments -r "$capture"
    echo $? >"$work/status"
} 2>"$work/err" | head -n 1 >"$work/first"
check "a reader that goes away: 0" grep -qx 0 "$work/status"
check "and nothing is said" [ ! -s "$work/err" ]
check "the reader had its line" [ "$(wc -l <"$work/first")" -eq 1 ]
done_testing
