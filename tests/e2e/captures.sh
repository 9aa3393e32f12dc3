#!/bin/sh
# The course in captures/: every scenario has its texts and its capture, both are small, installed and found by
# name, and README.md is what the scenarios say.
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"
need python3
captures=$TOP_SRCDIR/captures
TCPVIZ_CAPTURES=$captures
export TCPVIZ_CAPTURES

"$TOP_BUILDDIR/captures/readme" "$captures" >"$work/README.md"
check_same "README.md is up to date (make captures CAPTURES=none writes it)" "$captures/README.md" "$work/README.md"

for scenario in "$captures"/*.lab; do
    name=${scenario##*/}
    name=${name%.lab}
    for text in title lesson chapter teaches look question answer; do
        grep -q "^$text  *[^ ]" "$scenario" || echo "$name.lab has no $text"
    done
    [ -s "$captures/$name.pcap" ] || echo "$name.pcap is missing"
    grep -q "captures/$name\.lab captures/$name\.pcap" "$TOP_SRCDIR/Makefile.am" || echo "$name is not installed"
done >"$work/lacking"
check_same "each has its texts and its capture" /dev/null "$work/lacking"
sed -n 's/^lesson *//p' "$captures"/*.lab | sort | uniq -d >"$work/twice"
check_same "no two lessons have the same place" /dev/null "$work/twice"
find "$captures" -name '*.pcap' -size +10239c >"$work/large"
check_same "captures are below 10 KB each" /dev/null "$work/large"
check "there are at least forty" test "$(find "$captures" -name '*.pcap' | wc -l)" -ge 40
check "with IPv6 among them" grep -q '^    ipv6' "$captures"/*.lab

cd "$work" || exit 99
for capture in "$captures"/*.pcap; do
    name=${capture##*/}
    "$TCPVIZ" -q -f summary -r "${name%.pcap}" >"$work/found" 2>&1 || echo "${name%.pcap}: exit status $?"
done >"$work/unfound"
check_same "tcpviz -r finds each by its name" /dev/null "$work/unfound"

if "$TCPVIZ" -q --lab refused -f json -o "$work/probe.json" 2>"$work/probe.err"; then
    cp "$captures/refused.lab" "$captures/lost-syn.lab" "$work"
    check "make.sh makes captures" sh "$captures/make.sh" "$TCPVIZ" "$work"
    for name in refused lost-syn; do
        "$TCPVIZ" -q -f json -r "$captures/$name.pcap" >"$work/stored.json"
        "$TCPVIZ" -q -f json -r "./$name.pcap" >"$work/made.json"
        # a machine that others load may hold a host up: once more
        if ! python3 "$TOP_SRCDIR/tests/e2e/captures-compare.py" "$work/stored.json" "$work/made.json"; then
            sh "$captures/make.sh" "$TCPVIZ" "$work" "$name"
            "$TCPVIZ" -q -f json -r "./$name.pcap" >"$work/made.json"
        fi >/dev/null 2>&1
        check "$name is as the stored one" python3 "$TOP_SRCDIR/tests/e2e/captures-compare.py" \
            "$work/stored.json" "$work/made.json"
    done
    "$TCPVIZ" -q -f json -r "$captures/reset.pcap" >"$work/other.json"
    check "and not as another" sh -c '! python3 "$@"' sh "$TOP_SRCDIR/tests/e2e/captures-compare.py" \
        "$work/stored.json" "$work/other.json"
    printf 'title T\nclient\n    c = socket()\n    connect(c, server:1) = 0\n' >"$work/wrong.lab"
    check "make.sh tells what fails" sh -c '! sh "$1" "$2" "$3" wrong 2>err && grep -q "wrong: .*ECONNREFUSED" err' \
        sh "$captures/make.sh" "$TCPVIZ" "$work"
    check "and leaves no capture of it" test ! -e "$work/wrong.pcap"
else
    skip "make.sh makes captures" "$(head -n 1 "$work/probe.err")"
fi
done_testing
