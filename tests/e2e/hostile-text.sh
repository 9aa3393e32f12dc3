#!/bin/sh
# Nothing from the network, and no name of a file or an interface, reaches the terminal or a format
# as it is: control bytes, escape sequences, marks that turn text round, wrong UTF-8.
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"
need python3
tool=$TOP_SRCDIR/tests/e2e/hostile-text.py
hostile=$(printf '\033]0;t\007\302\2332J\342\200\256x\377\177<b>&"')

# harmless NAME FILE…
harmless() {
    harmless_name=$1
    shift
    check "$harmless_name" python3 "$tool" check "$@"
}

python3 "$tool" make "$TOP_SRCDIR/captures/echo.pcap" "$work/plain.pcap" || exit 99
cp "$work/plain.pcap" "$work/$hostile.pcap"

# every format, with what there is to say more in it
formats=$("$TCPVIZ" -f no-such-format x 2>&1 | sed 's/.*there are //; s/ and /, /; s/,//g; s/tui//')
check "there are formats" test "$(echo "$formats" | wc -w)" -ge 3
for format in $formats; do
    "$TCPVIZ" -v --segments -f "$format" -r "$work/$hostile.pcap" -o "$work/out.$format" 2>"$work/said"
    check "$format: it is written" test -s "$work/out.$format"
    harmless "$format: nothing hostile is in it" "$work/out.$format"
    harmless "$format: nothing hostile is said" "$work/said"
done
"$TCPVIZ" -f ladder --explain -r "$work/$hostile.pcap" >"$work/out" 2>"$work/said"
harmless "the explained ladder" "$work/out" "$work/said"

# every screen
{
    printf '%s\n' "wait loaded" "save screen-list" Enter "save screen-timeline" v
    for step in 1 2 3 4 5 6 7 8; do # through the segments, those with a payload too
        printf '%s\n' "save screen-segment-$step" G "save screen-segment-below-$step" g ")"
    done
    printf '%s\n' q m "save screen-states" q s "save screen-sequence" quit
} >"$work/keys"
(cd "$work" && "$TCPVIZ" --script keys -r "$hostile.pcap" >/dev/null 2>said)
if [ -s "$work/screen-list" ]; then
    harmless "the screens" "$work"/screen-* "$work/said"
    check "a payload is shown" grep -q '1b 5d 30 3b' "$work"/screen-segment-*
else
    skip "the screens" "built without the terminal UI"
fi

# --- names ---

# said NAME ARGUMENT…: what is said of the arguments, whatever the status
said() {
    said_name=$1
    shift
    "$TCPVIZ" "$@" >"$work/out" 2>"$work/said"
    check "$said_name: something is said" test -s "$work/said"
    harmless "$said_name" "$work/out" "$work/said"
}
said "a file that is not there" -r "$work/no-$hostile"
said "an interface that is not there" -i "$hostile"
said "a filter that is none" -r "$work/plain.pcap" "$hostile"
said "a format" -f "$hostile"
said "a scenario" --lab "$hostile"
said "a user" -Z "$hostile" -i "$hostile"
said "a display filter" -f json -r "$work/plain.pcap" -Y "$hostile"
said "a place to write to" -f json -r "$work/plain.pcap" -w "$work/none/$hostile"
printf 'theme %s\n' "$hostile" >"$work/config-file"
mkdir -p "$work/config/tcpviz" && cp "$work/config-file" "$work/config/tcpviz/config"
said "settings" -f json -r "$work/plain.pcap"
rm "$work/config/tcpviz/config"

name=$(printf 'v\033[2J\302\233')
# shellcheck disable=SC2016 # for the inner shell
if unshare -n sh -c 'ip link add "$0" type veth peer name v1 && ip link set "$0" up && "$1" -D >"$2" 2>"$3"' \
    "$name" "$TCPVIZ" "$work/out" "$work/said" 2>/dev/null; then
    harmless "the list of interfaces" "$work/out" "$work/said"
else
    skip "the list of interfaces" "no network of its own to name one in"
fi
done_testing
