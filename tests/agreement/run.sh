#!/bin/sh
# Wireshark's verdicts and ours: the whole corpus against what tshark says, and the test of the test.
# shellcheck source=tests/e2e/lib.sh
. "$TOP_SRCDIR/tests/e2e/lib.sh"
need python3

# numbered ARGUMENT…: a run of compare.py, its results counted on
numbered() {
    python3 "$TOP_SRCDIR/tests/agreement/compare.py" "$@" >"$work/out" 2>"$work/err"
    [ $? -le 1 ] || not_ok "compare.py $*" "$work/err"
    # shellcheck disable=SC2094 # not_ok only reads it too
    while read -r line; do
        case $line in
        "ok "*) ok "${line#* - }" ;;
        "not ok "*) not_ok "${line#* - }" "$work/out" ;;
        esac
    done <"$work/out"
    [ -s "$work/out" ] || not_ok "compare.py $* says nothing" "$work/err"
}

PYTHONDONTWRITEBYTECODE=1
export PYTHONDONTWRITEBYTECODE
numbered "$TCPVIZ"
numbered --self-test "$TCPVIZ"
done_testing
