#!/bin/sh
# The pictures, by the tools that read them.
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"
captures=$TOP_SRCDIR/captures
# of the formats that hold one connection, some captures' worth
some="handshake-four-way-close fast-open half-close lost-data lost-last-ack no-answer refused reset simultaneous-close
    simultaneous-open three-segment-close time-wait-reuse write-after-close zero-window"

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
    # all connections of all captures, as many at a time as a picture holds
    connections=$("$TCPVIZ" -f csv -r "$captures" | sed 1d | wc -l)
    for view in timeline states sequence; do
        first=1
        while [ $first -le "$connections" ]; do
            last=$((first + 39 < connections ? first + 39 : connections))
            svg "svg: connections $first to $last, $view" --view $view -r "$captures" \
                --connection "$(seq -s , $first $last)"
            first=$((first + 40))
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

# --- dot, by Graphviz ---

# dot_draws NAME ARGUMENT…: drawn without a warning
dot_draws() {
    dot_name=$1
    shift
    if "$TCPVIZ" -f dot -o "$work/states.dot" "$@" 2>"$work/err" &&
        dot -Tplain -o "$work/plain" "$work/states.dot" 2>"$work/err" && [ ! -s "$work/err" ]; then
        ok "$dot_name"
    else
        not_ok "$dot_name" "$work/err"
    fi
}

if command -v dot >/dev/null 2>&1; then
    for name in $some; do
        dot_draws "dot: $name" -r "$captures/$name.pcap"
    done
    dot_draws "dot: joined in the middle" -r "$TOP_SRCDIR/tests/truth/scenarios/midstream_established.client.pcap"
    dot_draws "dot: nothing" -r "$captures/refused.pcap" udp
    dot_draws "dot: three segments" -r "$captures/three-segment-close.pcap"
    check "dot: every step of both ends is an edge" \
        [ "$(grep -c '^edge .*"[CS][0-9]  ' "$work/plain")" -eq 10 ]
else
    skip "dot" "graphviz is not installed"
fi

# --- mermaid, by its own parser, where there is one ---
modules=${TCPVIZ_NODE_MODULES-}
mkdir "$work/mermaid"
for name in $some; do
    "$TCPVIZ" -f mermaid -r "$captures/$name.pcap" >"$work/mermaid/$name.mmd" || not_ok "mermaid: $name"
done
"$TCPVIZ" -f mermaid -r "$captures/refused.pcap" udp >"$work/mermaid/none.mmd"
if [ -n "$modules" ] && [ -d "$modules/mermaid" ] && [ -d "$modules/jsdom" ]; then
    check "mermaid: the parser takes all" node "$TOP_SRCDIR/tests/e2e/mermaid.mjs" "$modules" "$work"/mermaid/*.mmd
else
    skip "mermaid: the parser takes all" "no TCPVIZ_NODE_MODULES with mermaid and jsdom from npm"
fi
check "mermaid: a message is a line of its grammar" sh -c "! grep -Ev '^(sequenceDiagram|%%.*|    participant [CS] as [^;]+|    Note (left of C|right of S|over [CS]|over C,S): .+|    [CS](->>|-x)[CS]: .+)\$' '$work'/mermaid/*.mmd | sed 's/^[^:]*://' | grep -q ."

# --- markdown, by GitHub's parser ---
if command -v cmark-gfm >/dev/null 2>&1; then
    "$TCPVIZ" -f markdown -r "$captures/simultaneous-close.pcap" >"$work/handout.md"
    cmark-gfm --unsafe -e table "$work/handout.md" >"$work/handout.html"
    check "markdown: a table row for each segment" [ "$(grep -c '^<td align="right">[0-9][0-9]*</td>' "$work/handout.html")" -eq 7 ]
    check "markdown: a diagram" grep -q '<code class="language-mermaid">sequenceDiagram' "$work/handout.html"
    check "markdown: as many answers as questions" sh -c \
        "[ \$(grep -c '^<li>[a-d]: ' '$work/handout.html') -eq \$((5 * \$(grep -c '^1*[0-9]\. [a-d]: ' '$work/handout.md'))) ]"
    check "markdown: states keep their names" grep -q '<td>FIN_WAIT_1</td>' "$work/handout.html"
    name=$(hostile md)
    mkdir -p "$work/${name%/*}" && cp "$captures/refused.pcap" "$work/$name"
    "$TCPVIZ" -f markdown -r "$work/$name" | cmark-gfm --unsafe -e table >"$work/handout.html"
    check "markdown: a hostile file name adds no element" sh -c "! grep -q '<script' '$work/handout.html'"
    check "markdown: it is text" grep -q '&lt;script&gt;alert(1)' "$work/handout.html"
else
    skip "markdown" "cmark-gfm is not installed"
fi

# text stays text: what is drawn can be searched and copied
"$TCPVIZ" -f svg -r "$captures/handshake-four-way-close.pcap" | sed 's/<[^>]*>//g' >"$work/text"
check "svg: a segment's numbers are one line of text" grep -qx 'ACK  seq 6  ack 15 = 1 + 14  ✓  win 64512' "$work/text"
check "svg: a state is text" grep -qx 'FIN_WAIT_2' "$work/text"
check "svg: default colours follow the viewer" sh -c \
    "'$TCPVIZ' -f svg -r '$captures/reset.pcap' | grep -q 'prefers-color-scheme:dark'"
check "svg: a theme fixes them" sh -c \
    "! '$TCPVIZ' -f svg --theme light -r '$captures/reset.pcap' | grep -q 'prefers-color-scheme'"
"$TCPVIZ" -f svg --connection 2 -r "$captures/fast-open.pcap" >"$work/one.svg"
check "svg: --connection chooses" sh -c "grep -q '>#2  ' '$work/one.svg' && ! grep -q '>#1  ' '$work/one.svg'"
done_testing
