#!/bin/sh
# Loss by the network and by the capture, where it is known what the wire dropped and what was taken
# out of the capture.
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"
need python3

python3 "$TOP_SRCDIR/tests/e2e/measures-loss.py" "$TCPVIZ" "$TOP_SRCDIR/tests/truth/scenarios" \
    >"$work/out" 2>"$work/err" || not_ok "measures-loss.py" "$work/err"
while read -r line; do
    case $line in
    "ok "*) ok "${line#* - }" ;;
    "not ok "*) not_ok "${line#* - }" ;;
    *) echo "$line" ;;
    esac
done <"$work/out"
done_testing
