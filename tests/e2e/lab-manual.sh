#!/bin/sh
# tcpviz-lab(5) is clean, has every call and rule that there is, and its example is a scenario.
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"
need mandoc
page=$TOP_SRCDIR/man/tcpviz-lab.5
source=$TOP_SRCDIR/src/lab

check "mandoc finds nothing to warn of" mandoc -Tlint -Wwarning "$page"

sed -n 's/^    {"\([a-z_]*\)", LAB_.*/\1/p' "$source/parse_step.c" | sort >"$work/calls"
check "there are calls" test -s "$work/calls"
sed -n 's/^\.It Fn \([a-z_]*\).*/\1/p' "$page" | sort >"$work/calls.page"
check_same "the page has every call" "$work/calls" "$work/calls.page"

grep -o '{"[a-z]*", LAB_[A-Z]*}' "$source/parse_rule.c" | sed 's/{"\([a-z]*\)".*/\1/' | sort >"$work/rules"
check "there are rules" test -s "$work/rules"
sed -n '/^\.Ss wire/,/^\.Ss expect/s/^\.It Ic \([a-z]*\).*/\1/p' "$page" | sort >"$work/rules.page"
check_same "the page has every rule" "$work/rules" "$work/rules.page"

sed -n '/^\.Bd -literal/,/^\.Ed/p' "$page" | sed '/^\./d' >"$work/fin.lab"
check "the example has lines" test "$(wc -l <"$work/fin.lab")" -gt 10
if "$TCPVIZ" -q --lab "$work/fin.lab" -f json -o "$work/fin.json" 2>"$work/err"; then
    ok "the example runs"
    need python3
    check "its states are those it expects" python3 "$TOP_SRCDIR/tests/e2e/lab-compare.py" \
        "$work/fin.lab" client "$work/fin.json"
elif grep -q 'namespace\|libmnl' "$work/err"; then
    skip "the example runs" "$(head -n 1 "$work/err")"
else
    not_ok "the example runs" "$work/err"
fi
done_testing
