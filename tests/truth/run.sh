#!/bin/sh
# The tracker against the kernels' own word: every capture here, and the comparison itself.
# shellcheck source=tests/e2e/lib.sh
. "$TOP_SRCDIR/tests/e2e/lib.sh"
need python3

# numbered SCRIPT-ARGUMENT…: a run of compare.py, its results counted on
numbered() {
    python3 "$TOP_SRCDIR/tests/truth/compare.py" "$@" >"$work/out" 2>"$work/err"
    [ $? -le 1 ] || not_ok "compare.py $*" "$work/err"
    # shellcheck disable=SC2094 # not_ok only reads it too
    while read -r line; do
        case $line in
        "ok "*) ok "${line#* - }" ;;
        "not ok "*) not_ok "${line#* - }" "$work/out" ;;
        esac
    done <"$work/out"
}

numbered --self-test
numbered "$TCPVIZ"
numbered --both-ends "$TCPVIZ"
done_testing
