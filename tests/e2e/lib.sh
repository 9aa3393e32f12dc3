# What every shell test needs: TAP output, a scratch directory, skipping by name. Source it first;
# end with `done_testing`. The environment (TCPVIZ, TOP_SRCDIR, …) comes from Makefile.am.
#
# shellcheck shell=sh
set -u
: "${TCPVIZ:?run me with make check}" "${TOP_SRCDIR:?}" "${TOP_BUILDDIR:?}"
LC_ALL=C.UTF-8
TZ=UTC
export LC_ALL TZ
unset NO_COLOR COLUMNS
tap_count=0

# The only place a test writes to; gone afterwards.
work=$(mktemp -d "$TOP_BUILDDIR/test.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
trap 'exit 99' HUP INT TERM

# nothing is remembered of a test
XDG_STATE_HOME=$work/state
XDG_CONFIG_HOME=$work/config
export XDG_STATE_HOME XDG_CONFIG_HOME

# ok NAME / not_ok NAME [DETAIL-FILE]: a result; the detail goes to the log as TAP comments
ok() {
    tap_count=$((tap_count + 1))
    echo "ok $tap_count - $1"
}

not_ok() {
    tap_count=$((tap_count + 1))
    echo "not ok $tap_count - $1"
    [ $# -lt 2 ] || sed -n '1,60s/^/#   /p' "$2"
}

# skip NAME REASON: one test is left out
skip() {
    tap_count=$((tap_count + 1))
    echo "ok $tap_count - $1 # SKIP $2"
}

# check NAME COMMAND [ARGUMENT…]: passes when the command succeeds
check() {
    tap_name=$1
    shift
    if "$@" >"$work/check.out" 2>&1; then ok "$tap_name"; else not_ok "$tap_name" "$work/check.out"; fi
}

# check_same NAME EXPECTED-FILE SEEN-FILE
check_same() {
    check "$1" diff -u "$2" "$3"
}

# skip_all REASON: the whole script is left out
skip_all() {
    echo "1..0 # SKIP $1"
    exit 0
}

# need TOOL…: skips the whole script when one is missing
need() {
    for tap_tool; do
        command -v "$tap_tool" >/dev/null 2>&1 || skip_all "$tap_tool is not installed"
    done
}

# captures PID: true once that process has a socket that captures
captures() {
    find "/proc/$1/fd" -lname 'socket:*' -printf '%l\n' 2>/dev/null | tr -dc '0-9\n' >"$work/sockets"
    awk 'NR == FNR { own[$1]; next } $NF in own { found = 1 } END { exit !found }' \
        "$work/sockets" "/proc/$1/net/packet" 2>/dev/null
}

done_testing() {
    echo "1..$tap_count"
    exit 0
}
