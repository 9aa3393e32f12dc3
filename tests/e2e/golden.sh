#!/bin/sh
# Captures as text against tests/golden/captures: all of them explained, some in every format. `make update-golden`
# writes them anew: look at the difference before you commit it.
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"
golden=$TOP_SRCDIR/tests/golden/captures
cd "$TOP_SRCDIR/captures" || exit 99

# formats: name of the golden's ending and the arguments that make it
formats() {
    cat <<'END'
ladder-100.txt 100 -n -f ladder
ladder-80.txt 80 -n -f ladder
ladder-100.ascii.txt 100 -n -f ladder --ascii
ladder-80.ascii.txt 80 -n -f ladder --ascii
absolute.txt 100 -n -f ladder -S
explain.txt 100 -n -f ladder --explain
explain.ascii.txt 60 -n -f ladder --explain --ascii
summary.txt 100 -n -f summary
json 100 -f json --segments
END
}

every_format=" blind-reset fast-open half-close handshake-four-way-close ipv6 loopback lost-data lost-last-ack lost-syn
 no-answer refused reset simultaneous-close simultaneous-open three-segment-close time-wait-reuse write-after-close
 zero-window "

# wanted NAME: the formats of a capture
wanted() {
    case $(echo "$every_format" | tr '\n' ' ') in
    *" $1 "*) formats ;;
    *) formats | grep '^explain.txt ' ;;
    esac
}

for capture in *.pcap; do
    wanted "${capture%.pcap}" | while read -r ending columns arguments; do
        # shellcheck disable=SC2086 # a list of words
        COLUMNS=$columns "$TCPVIZ" $arguments "$capture" >"$work/${capture%.pcap}.$ending" 2>&1 ||
            echo "exit status $?" >>"$work/${capture%.pcap}.$ending"
    done
done
"$TCPVIZ" -n -f summary -r . >"$work/all.summary.txt" 2>&1

# pictures: one of each kind
"$TCPVIZ" -f svg -r simultaneous-close.pcap >"$work/simultaneous-close.timeline.svg" 2>&1
"$TCPVIZ" -f svg --view states --theme dark -r three-segment-close.pcap >"$work/three-segment-close.states.svg" 2>&1
"$TCPVIZ" -f svg --view sequence --theme light -r lost-data.pcap >"$work/lost-data.sequence.svg" 2>&1
"$TCPVIZ" -f mermaid -r lost-data.pcap >"$work/lost-data.mmd.txt" 2>&1
"$TCPVIZ" -f dot -r reset.pcap >"$work/reset.dot.txt" 2>&1
"$TCPVIZ" -f markdown -r simultaneous-close.pcap >"$work/simultaneous-close.md.txt" 2>&1
"$TCPVIZ" -f csv -r . >"$work/all.csv.txt" 2>&1
"$TCPVIZ" -f csv --segments -r zero-window.pcap >"$work/zero-window.csv.txt" 2>&1
"$TCPVIZ" -f zeek -r . >"$work/all.zeek.txt" 2>&1
# README shows these
"$TCPVIZ" -f svg -r handshake-four-way-close.pcap >"$work/readme-timeline.svg" 2>&1
"$TCPVIZ" -f svg --view states -r handshake-four-way-close.pcap >"$work/readme-states.svg" 2>&1

# README shows the first of them
"$TCPVIZ" -n handshake-four-way-close.pcap 2>/dev/null | sed '/^$/d; /^captures\//d' |
    grep -v '^handshake-four-way-close.pcap: ' >"$work/readme"
if [ -n "${TCPVIZ_UPDATE_GOLDEN-}" ]; then
    awk -v block="$work/readme" '/^```/ && !done { print; inside = !inside
            if (inside) while ((getline line <block) > 0) print line
            else done = 1
            next }
        !inside { print }' "$TOP_SRCDIR/README.md" >"$work/README.md" &&
        cat "$work/README.md" >"$TOP_SRCDIR/README.md" || exit 99
    mkdir -p "$TOP_SRCDIR/docs" || exit 99
    for picture in timeline states; do
        mv "$work/readme-$picture.svg" "$TOP_SRCDIR/docs/$picture.svg" || exit 99
    done
    mkdir -p "$golden" && rm -f "$golden"/* || exit 99
    check "goldens are written" cp "$work"/*.txt "$work"/*.json "$work"/*.svg "$golden"
    done_testing
fi
sed -n '/^```/,/^```/p' "$TOP_SRCDIR/README.md" | sed '/^```/d' >"$work/readme.shown"
check_same "README shows what the program prints" "$work/readme.shown" "$work/readme"
for picture in timeline states; do
    check_same "README's picture, $picture" "$TOP_SRCDIR/docs/$picture.svg" "$work/readme-$picture.svg"
    rm "$work/readme-$picture.svg"
done
for seen in "$work"/*.txt "$work"/*.json "$work"/*.svg; do
    check_same "${seen##*/}" "$golden/${seen##*/}" "$seen"
done
for expected in "$golden"/*; do
    [ -e "$work/${expected##*/}" ] || not_ok "${expected##*/} is left over"
done
done_testing
