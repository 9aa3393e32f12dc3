#!/bin/sh
# The manual page is clean, and it has exactly the options that --help has.
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"
need mandoc
page=$TOP_SRCDIR/man/tcpviz.1
chinese=$TOP_SRCDIR/man/zh_CN/tcpviz.1

check "mandoc finds nothing to warn of" mandoc -Tlint -Wwarning "$page"
check "mandoc finds nothing to warn of in the Chinese page" mandoc -Tlint -Wwarning "$chinese"

# in --help: "  -i, --interface IF   …"; in the page: ".It Fl i Ar interface , Fl Fl interface …"
"$TCPVIZ" --help | sed -n 's/^  \{1,6\}\(-.*\)$/\1/p' |
    sed -n 's/^\(-[A-Za-z]\), \(--[a-z-]*\).*/\1\n\2/p; s/^\(--[a-z-]*\).*/\1/p' | sort >"$work/help"
options_of() {
    sed -n 's/^\.It \(Fl .*\)/\1/p' "$1" | tr , '\n' |
        sed -n 's/^ *Fl Fl \([a-z-]*\).*/--\1/p; s/^ *Fl \([A-Za-z]\).*/-\1/p' | sort
}
options_of "$page" >"$work/page"
options_of "$chinese" >"$work/page.chinese"
check "--help shows options" test -s "$work/help"
check_same "the page and --help have the same options" "$work/help" "$work/page"
check_same "the Chinese page and --help have the same options" "$work/help" "$work/page.chinese"

cat >"$work/sections" <<'END'
NAME
SYNOPSIS
DESCRIPTION
SCREENS AND KEYS
SCRIPTS
BOTH ENDS
JSON
THE KERNEL'S WORD
ENVIRONMENT
FILES
EXIT STATUS
EXAMPLES
SEE ALSO
STANDARDS
CAVEATS
SECURITY CONSIDERATIONS
END
sed -n 's/^\.Sh //p' "$page" >"$work/sections.page"
check_same "the sections are these, in this order" "$work/sections" "$work/sections.page"

# the formats of the page are those that the program takes
sed -n '/^\.It Fl f Ar format/,/^\.El/s/^\.It Cm \([a-z]*\)$/\1/p' "$page" | sort >"$work/formats"
"$TCPVIZ" -f no-such-format x 2>&1 | sed -n 's/.*there are //p' |
    sed 's/ and /, /; s/, /\n/g' | sort >"$work/formats.program"
check_same "the page and the program have the same formats" "$work/formats.program" "$work/formats"
sed -n '/^\.It Fl f Ar format/,/^\.El/s/^\.It Cm \([a-z]*\)$/\1/p' "$chinese" | sort >"$work/formats.chinese"
check_same "the Chinese page and the program have the same formats" "$work/formats.program" "$work/formats.chinese"
# the page of findings is made from the same table as --help findings
findings=$TOP_BUILDDIR/man/tcpviz-findings.7
check "mandoc finds nothing to warn of in the findings" mandoc -Tlint -Wwarning "$findings"
sed -n 's/^\.It Li //p' "$findings" >"$work/findings.page"
"$TCPVIZ" --help findings | sed -n 's/^\([a-z_]*\)$/\1/p' | sed '/^$/d' >"$work/findings.help"
check "--help findings names them" test -s "$work/findings.help"
check_same "the page and --help have the same findings" "$work/findings.help" "$work/findings.page"
# the fields of display filters
"$TCPVIZ" --help filter | sed -n '/^Fields/,$s/^    \([a-z_0-9]*\)\( \*\)*$/\1/p' >"$work/fields.help"
sed -n '/^\.Ss Display filters/,/^\.Sh/s/^\.It Li //p' "$page" >"$work/fields.page"
check "--help filter names fields" test "$(wc -l <"$work/fields.help")" -gt 40
check_same "the page and --help have the same fields" "$work/fields.help" "$work/fields.page"
"$TCPVIZ" --help nothing >/dev/null 2>&1
check "an unknown topic is wrong usage" test $? -eq 2

# what the help screen says of each key, word for word
cat >"$work/help.script" <<END
resize 120 200
F1
save $work/screen
quit
END
if "$TCPVIZ" --script "$work/help.script" "$TOP_SRCDIR/captures/refused.pcap" >/dev/null 2>"$work/err"; then
    # keys, two blanks or more, what they do
    sed '/The filter line/,$d' "$work/screen" | awk -F '  +' '/^   [^ ]/ { print $3 }' | sort -u >"$work/keys"
    sed -n '/^\.Sh SCREENS/,/^\.Ss Display filters/p' "$page" | grep -A1 '^\.It Ic' |
        grep -v '^\.It\|^--' | sort -u >"$work/keys.page"
    check "the help screen lists keys" test -s "$work/keys"
    check_same "the page and the help screen have the same keys" "$work/keys" "$work/keys.page"
elif grep -q "without the terminal UI" "$work/err"; then
    ok "there is no help screen without the terminal UI"
else
    not_ok "the help screen" "$work/err"
fi
done_testing
