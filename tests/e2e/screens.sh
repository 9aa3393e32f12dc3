#!/bin/sh
# The terminal UI, driven by tests/screen/*.script, shows what tests/screen/*.txt have. The first line of a script
# is "# tcpviz:" with the arguments. `make update-golden` writes the screens anew: look at the difference
# before you commit it.
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"
golden=$TOP_SRCDIR/tests/screen
"$TCPVIZ" -f tui -r x 2>&1 | grep -q 'without the terminal UI' && skip_all "built without the terminal UI"
ln -s "$TOP_SRCDIR/captures" "$work/captures" || exit 99
TCPVIZ_CAPTURES=$TOP_SRCDIR/captures
export TCPVIZ_CAPTURES
cd "$work" || exit 99

for script in "$golden"/*.script; do
    arguments=$(sed -n '1s/^# tcpviz: //p' "$script")
    # shellcheck disable=SC2086 # a list of words
    check "${script##*/} runs" "$TCPVIZ" $arguments --script "$script"
done
rm -f check.out

if [ -n "${TCPVIZ_UPDATE_GOLDEN-}" ]; then
    rm -f "$golden"/*.txt
    check "screens are written" cp "$work"/*.txt "$golden"
    done_testing
fi
for expected in "$golden"/*.txt; do
    check_same "${expected##*/}" "$expected" "$work/${expected##*/}"
done
for seen in "$work"/*.txt; do
    [ -e "$golden/${seen##*/}" ] || not_ok "${seen##*/} has no golden" "$seen"
done
done_testing
