#!/bin/sh
# Every screen at 80 x 24, 40 x 12 and 200 x 60, in UTF-8 and in ASCII, against tests/screen/sizes/SCREEN.txt, which
# has all six. `make update-golden` writes them anew: look at the difference before you commit it.
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"
golden=$TOP_SRCDIR/tests/screen/sizes
"$TCPVIZ" -f tui -r x 2>&1 | grep -q 'without the terminal UI' && skip_all "built without the terminal UI"
cd "$work" || exit 99
mkdir some seen || exit 99
# these and no others, so that a new capture changes no screen
for name in abort-in-close-wait aborted-open blind-reset fast-open half-close handshake-four-way-close ipv6 loopback \
    lost-data lost-last-ack refused simultaneous-close simultaneous-open zero-window; do
    for part in pcap lab; do
        [ ! -e "$TOP_SRCDIR/captures/$name.$part" ] || ln -s "$TOP_SRCDIR/captures/$name.$part" some || exit 99
    done
done
TCPVIZ_CAPTURES=$work/some
export TCPVIZ_CAPTURES

# SCREEN|arguments|the keys that lead there
cat >screens.list <<'LIST'
connections|-r some|
connections-marked|-r some|Space Down Space
filter|-r some|/ "state = TIME_WAIT"
filter-error|-r some|/ "colour = red" Enter
filter-none|-r some|/ "port = 9" Enter
columns|-r some|o
save|-r some|F2
settings|-r some/refused.pcap|O
help|-r some/refused.pcap|F1
help-of-timeline|-r some/refused.pcap|Enter F1
timeline|-r some/lost-data.pcap|Enter
timeline-selected|-r some/lost-data.pcap|Enter ]
timeline-lesson|-r some/lost-data.pcap|Enter ] L
timeline-no-detail|-r some/zero-window.pcap|Enter d z
timeline-folded|-r some/half-close.pcap|Enter X
timeline-ipv6|-r some/ipv6.pcap|Enter
legend|-r some/lost-data.pcap|Enter ] l
segment|-r some/lost-data.pcap|Enter Down v
segment-end|-r some/lost-data.pcap|Enter ] v End
states|-r some/simultaneous-close.pcap|m c c c
states-presumed|-r some/loopback.pcap|m
sequence|-r some/zero-window.pcap|s PgDn
replay|-r some/lost-data.pcap --replay=step|Enter } } }
replay-list|-r some --replay=step|} } }
quiz|-r some/handshake-four-way-close.pcap|w
quiz-answered|-r some/handshake-four-way-close.pcap|w 1
lanes|-r some/lost-data.pcap -r some/refused.pcap -r some/half-close.pcap|M
compare|-r some/lost-last-ack.pcap -r some/half-close.pcap|D
lesson|--lesson=zero-window|
lesson-answer|--lesson=zero-window|a
start||
LIST

# write_script SCREEN KEYS: three sizes of it
write_script() {
    [ "${1%%-*}" = start ] || echo 'wait loaded'
    echo "$2" | grep -o '"[^"]*"\|[^ ]*'
    for size in '80 24' '40 12' '200 60'; do
        printf 'resize %s\nsave one-%s\n' "$size" "${size% *}"
    done
}

# fits WIDTH HEIGHT FILE: it has that many lines, none of them is wider
# shellcheck disable=SC2317 # check calls it
fits() {
    [ "$(wc -L <"$3")" -le "$1" ] && [ "$(wc -l <"$3")" -eq "$2" ] && return
    cat "$3"
    return 1
}

while IFS='|' read -r screen arguments keys; do
    : >"seen/$screen.txt"
    for charset in utf-8 ascii; do
        write_script "$screen" "$keys" >"$screen.script"
        rm -rf one-* state
        option=
        [ "$charset" = utf-8 ] || option=--ascii
        # shellcheck disable=SC2086 # lists of words
        check "$screen in $charset" "$TCPVIZ" -n $option $arguments --script "$screen.script"
        for size in '80 24' '40 12' '200 60'; do
            # shellcheck disable=SC2086 # two numbers
            check "$screen in $charset fits into $size" fits $size "one-${size% *}"
            printf '######## %s, %s\n' "$size" "$charset" >>"seen/$screen.txt"
            # interfaces differ from host to host
            if [ "$screen" = start ]; then sed -n '1,2p;$p' "one-${size% *}"; else cat "one-${size% *}"; fi >>"seen/$screen.txt"
        done
        [ "$charset" = utf-8 ] ||
            check "$screen in ASCII has nothing else" sh -c '! LC_ALL=C grep -n "[^ -~]" one-*'
    done
done <screens.list

if [ -n "${TCPVIZ_UPDATE_GOLDEN-}" ]; then
    mkdir -p "$golden" && rm -f "$golden"/*.txt
    check "screens are written" cp seen/*.txt "$golden"
    done_testing
fi
for expected in "$golden"/*.txt; do
    check_same "${expected##*/}" "$expected" "seen/${expected##*/}"
done
for new in seen/*.txt; do
    [ -e "$golden/${new##*/}" ] || not_ok "${new##*/} has no golden" "$new"
done
done_testing
