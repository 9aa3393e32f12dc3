#!/bin/sh
# The pictures, by the tools that read them.
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"
captures=$TOP_SRCDIR/captures

# names that would break out of a document if they were written as they are
hostile() {
    printf '</title><script>alert(1)</script>&"'"'"'\001\033[2J\377\342\200\256-%s.pcap' "$1"
}

# svg NAME ARGUMENT…: a picture that an XML parser takes
svg() {
    svg_name=$1
    shift
    if ! "$TCPVIZ" -f svg -o "$work/picture.svg" "$@" 2>"$work/err"; then
        not_ok "$svg_name" "$work/err"
    else
        check "$svg_name" xmllint --noout --nonet "$work/picture.svg"
    fi
}

if command -v xmllint >/dev/null 2>&1; then
    for capture in "$captures"/*.pcap; do
        for view in timeline states sequence; do
            svg "svg: ${capture##*/}, $view" --view $view -r "$capture"
        done
    done
    svg "svg: all captures in one, explained" --explain -r "$captures"
    svg "svg: real traffic with losses" -r "$TOP_SRCDIR/tests/truth/scenarios/random_loss.client.pcap"
    svg "svg: nothing" -r "$captures/refused.pcap" udp
    for theme in default dark light color-blind mono projector; do
        svg "svg: theme $theme" --theme $theme -r "$captures/reset.pcap"
    done
    name=$(hostile svg)
    mkdir -p "$work/${name%/*}" && cp "$captures/refused.pcap" "$work/$name"
    svg "svg: a hostile file name" -r "$work/$name"
    check "svg: a hostile file name adds no element" \
        [ "$(xmllint --xpath 'count(//*[local-name()="script"])' "$work/picture.svg")" = 0 ]
    check "svg: it is text of the title" sh -c \
        "xmllint --xpath 'string(//*[local-name()=\"title\"])' '$work/picture.svg' | grep -qF '<script>alert(1)'"
else
    skip "svg" "xmllint is not installed"
fi

# text stays text: what is drawn can be searched and copied
"$TCPVIZ" -f svg -r "$captures/handshake-four-way-close.pcap" | sed 's/<[^>]*>//g' >"$work/text"
check "svg: a segment's numbers are one line of text" grep -qx 'ACK  seq 6  ack 7 = 1 + 6  ✓  win 268800' "$work/text"
check "svg: a state is text" grep -qx 'FIN_WAIT_2' "$work/text"
check "svg: default colours follow the viewer" sh -c \
    "'$TCPVIZ' -f svg -r '$captures/reset.pcap' | grep -q 'prefers-color-scheme:dark'"
check "svg: a theme fixes them" sh -c \
    "! '$TCPVIZ' -f svg --theme light -r '$captures/reset.pcap' | grep -q 'prefers-color-scheme'"
"$TCPVIZ" -f svg --connection 2 -r "$captures/fast-open.pcap" >"$work/one.svg"
check "svg: --connection chooses" sh -c "grep -q '>#2  ' '$work/one.svg' && ! grep -q '>#1  ' '$work/one.svg'"
done_testing
