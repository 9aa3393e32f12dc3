#!/bin/sh
# Every allocation fails once, with all after it: the program ends in order and says why, or does
# without, and what it saved till then can be opened.
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"
case $TEST_CFLAGS in
*-fsanitize=*) skip_all "the sanitizers have an allocator of their own" ;;
esac
preload=$work/out_of_memory.so
${TEST_CC:-cc} -shared -fPIC -O1 -o "$preload" "$TOP_SRCDIR/tests/e2e/out_of_memory.c" 2>"$work/cc.err" ||
    skip_all "no library to preload can be built"
capture=$TOP_SRCDIR/captures/lost-data.pcap
printf 'wait loaded\nEnter\nDown\nDown\nv\nq\nm\ns\nquit\n' >"$work/keys"

# with_memory AT ARGUMENT…: runs it with so many allocations less one
with_memory() {
    OUT_OF_MEMORY_AT=$1
    shift
    LD_PRELOAD=$preload OUT_OF_MEMORY_AT=$OUT_OF_MEMORY_AT "$TCPVIZ" "$@" >"$work/out" 2>"$work/said"
}

# allocations ARGUMENT…: how many there are when none fails
allocations() {
    with_memory 0 "$@" || return 1
    sed -n 's/^allocations //p' "$work/said" | tail -n 1
}

# every_allocation NAME ARGUMENT…
every_allocation() {
    name=$1
    shift
    count=$(allocations "$@")
    check "$name: it allocates" test "${count:-0}" -gt 100
    # some hundreds of them are enough: the same places come again and again
    step=$((${count:-1} / 250 + 1))
    at=1
    : >"$work/wrong"
    while [ $at -le "${count:-0}" ]; do
        rm -f "$work/saved.pcap"
        with_memory $at "$@"
        status=$?
        if [ $status -gt 2 ]; then
            echo "allocation $at: exit status $status" >>"$work/wrong"
        elif [ $status -ne 0 ] && ! grep -qv '^allocations ' "$work/said"; then
            echo "allocation $at: exit status $status without a word" >>"$work/wrong"
        elif [ $status -ne 2 ] && [ -s "$work/saved.pcap" ] &&
            ! "$TCPVIZ" --json -r "$work/saved.pcap" >"$work/opened" 2>&1; then
            { echo "allocation $at: $(ls -l "$work/saved.pcap")" && cat "$work/opened" "$work/said"; } >>"$work/wrong"
        fi
        at=$((at + step))
    done
    check_same "$name: it ends in order" /dev/null "$work/wrong"
}
every_allocation json --json --segments -r "$capture" -w "$work/saved.pcap"
every_allocation ladder -f ladder --explain -r "$capture" port 1234
every_allocation "the terminal UI" --script "$work/keys" -r "$capture" -w "$work/saved.pcap"
every_allocation "the quiz" --quiz -f ladder -r "$capture"
done_testing
