#!/bin/sh
# The page of -f html in a browser: keys, what a reader of screens hears, the quiz, texts that meet.
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"
captures=$TOP_SRCDIR/captures

pages=
for capture in handshake-four-way-close simultaneous-close refused no-answer lost-data time-wait-reuse; do
    check "$capture" "$TCPVIZ" -f html -o "$work/$capture.html" -r "$captures/$capture.pcap"
    pages="$pages $work/$capture.html"
done
# pictures alone, of long and odd connections: no text may leave them, none may meet
drawings=
for name in random_loss icmp_port_unreachable midstream_established lo_self_connect v6_lost_data gso_bulk; do
    set -- "$TOP_SRCDIR/tests/truth/scenarios/$name".*.pcap
    for view in timeline states sequence; do
        check "$name, $view" "$TCPVIZ" -f svg --view $view -o "$work/$name.$view.svg" -r "$1"
        drawings="$drawings $work/$name.$view.svg"
    done
done
hostile=$work/$(printf '</title><script>alert(1)</script>&"'"'"'\001\377\342\200\256.pcap')
mkdir -p "${hostile%/*}" && cp "$captures/refused.pcap" "$hostile"
check "a hostile file name" "$TCPVIZ" -f html -o "$work/hostile.html" -r "$hostile"
check "nothing" "$TCPVIZ" -f html -o "$work/nothing.html" -r "$captures/refused.pcap" udp

# by itself: no address of anything outside but the names of XML
grep -ohE '(https?:)?//[a-z][a-z0-9.-]*' "$work"/*.html | sort -u >"$work/addresses"
echo "http://www.w3.org" >"$work/allowed"
check "no page names another host" sh -c "! grep -vxFf '$work/allowed' '$work/addresses'"
# the data holds "→ " and "a<b" alike without a sign of markup
sed -n 's/^<script type="application.json" class="data">//p' "$work/handshake-four-way-close.html" >"$work/data"
check "there is data" grep -q '"steps":' "$work/data"
check "markup in data is escaped" sh -c "! grep -q '[<>&]' '$work/data'"

browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || browser=
if [ -z "$browser" ]; then
    skip "in a browser" "chromium is not installed"
elif ! command -v python3 >/dev/null 2>&1; then
    skip "in a browser" "python3 is not installed"
else
    # shellcheck disable=SC2086 # a list of words
    HOME=$work python3 "$TOP_SRCDIR/tests/e2e/browser.py" "$browser" "$work/profile" $pages $drawings "$work/hostile.html" \
        >"$work/cases" 2>"$work/err"
    status=$?
    if [ $status -eq 77 ]; then
        skip "in a browser" "$(tail -n 1 "$work/cases")"
    else
        while read -r line; do
            case $line in
            "# "*) page=${line#\# } ;;
            "ok "*) ok "$page: ${line#ok }" ;;
            *) not_ok "$page: ${line#not ok }" ;;
            esac
        done <"$work/cases"
        check "the browser went through all" sh -c "[ $status -eq 0 ] || { cat '$work/err'; exit 1; }"
    fi
fi
done_testing
