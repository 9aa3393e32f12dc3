#!/bin/sh
# The measures beside tcptrace's, on every capture; what differs is in measures-differences.md.
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"
need tcptrace python3
tcptrace -v 2>&1 | grep -q '6\.6\.7' || skip_all "tcptrace is not version 6.6.7"
script=$TOP_SRCDIR/tests/e2e/measures-tcptrace.py

python3 "$script" "$TCPVIZ" "$TOP_SRCDIR"/captures/*.pcap "$TOP_SRCDIR"/tests/truth/*/*.pcap \
    >"$work/out" 2>"$work/err" || not_ok "measures-tcptrace.py" "$work/err"
: >"$work/detail"
# shellcheck disable=SC2094 # not_ok only reads it too
while read -r line; do
    case $line in
    "ok "*) ok "${line#* - }" ;;
    "not ok "*)
        not_ok "${line#* - }" "$work/detail"
        : >"$work/detail"
        ;;
    "#"*) echo "${line#\# }" >>"$work/detail" ;;
    esac
done <"$work/out"
done_testing
