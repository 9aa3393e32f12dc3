#!/bin/sh
# The benchmark's captures, small: what tcpviz finds is what was made, whichever way the bytes come,
# and the time it takes grows no faster than the capture. Speed itself is not judged here.
# shellcheck source=tests/e2e/lib.sh
. "$TOP_SRCDIR/tests/e2e/lib.sh"
need python3
bench=$TOP_BUILDDIR/tests/bench
PACKETS=${BENCH_SMOKE_PACKETS:-8000}

# generate NAME SHAPE PACKETS [OPTION…]: $work/NAME and its tally $work/NAME.tally
generate() {
    name=$1 shape=$2 packets=$3
    shift 3
    "$bench/gen" "$@" "$shape" "$packets" >"$work/$name" 2>"$work/$name.tally"
}

# records FILE: all that tcpviz says of it but the file's name
records() {
    "$TCPVIZ" --json -r "$1" | sed 's/"source":"[^"]*"/"source":""/'
}

for shape in many million flood elephants lossy; do
    generate "$shape" "$shape" "$PACKETS"
    "$TCPVIZ" --json -r "$work/$shape" >"$work/seen"
    check "$shape: tcpviz counts what was made" \
        python3 "$TOP_SRCDIR/tests/bench/tally.py" "$work/$shape.tally" "$work/seen"
done
generate slow many $((10 * PACKETS)) -i 5000
"$TCPVIZ" --json -r "$work/slow" >"$work/seen"
check "TIME_WAIT ends within a long capture" \
    python3 "$TOP_SRCDIR/tests/bench/tally.py" "$work/slow.tally" "$work/seen"

# the same packets in another coat
generate again many "$PACKETS"
check "the generator is deterministic" cmp "$work/many" "$work/again"
records "$work/many" >"$work/expected"
generate other many "$PACKETS" -n
records "$work/other" >"$work/seen"
check_same "pcapng gives the same records as pcap" "$work/expected" "$work/seen"
# shellcheck disable=SC2002 # a pipe is what is tested
cat "$work/many" | records - >"$work/seen"
check_same "so does a pipe" "$work/expected" "$work/seen"
dd if="$work/many" obs=997 2>/dev/null | records - >"$work/seen"
check_same "so do drops of it" "$work/expected" "$work/seen"
for tool in gzip zstd xz lz4; do
    if ! command -v $tool >/dev/null; then
        skip "$tool gives the same records" "$tool is not installed"
    elif ! "$tool" -1 -c <"$work/many" >"$work/packed" ||
        "$TCPVIZ" -q -f summary -r "$work/packed" 2>&1 | grep -q 'built without'; then
        skip "$tool gives the same records" "tcpviz was built without"
    else
        records "$work/packed" >"$work/seen"
        check_same "$tool gives the same records" "$work/expected" "$work/seen"
    fi
done

# cpu FILE: the less of two runs, in microseconds
cpu() {
    for _ in 1 2; do
        "$bench/cost" "$TCPVIZ" -q -f summary -r "$1" 2>&1 >"$work/out" | tail -n 1
    done | awk '{ cpu = $1 + $2 } least == "" || cpu < least { least = cpu } END { print least }'
}

# Eight times as many packets: at most 24 times the work, where squares would take 64. A busy machine
# gets more tries.
for shape in many million flood elephants lossy; do
    generate less "$shape" "$PACKETS"
    generate more "$shape" $((8 * PACKETS))
    for try in 1 2 3; do
        less=$(cpu "$work/less") more=$(cpu "$work/more")
        [ "$more" -gt $((24 * less)) ] || break
    done
    echo "# $shape: $less us, eight times as many packets $more us (try $try)"
    check "$shape: the time grows with the capture" [ "$more" -le $((24 * less)) ]
done
done_testing
