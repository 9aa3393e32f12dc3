#!/bin/sh
# In the reader's language: the catalogues are whole and legal, and the program speaks them.
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"
need xgettext msgfmt msgattrib localedef
[ -s "$TCPVIZ_LOCALES/zh_CN/LC_MESSAGES/tcpviz.mo" ] || skip_all "built without other languages"

"$TOP_SRCDIR/po/messages.sh" "$TOP_SRCDIR" >"$work/tcpviz.pot" 2>"$work/said"
check "every marked text can be read" test ! -s "$work/said"
for catalogue in "$TOP_SRCDIR"/po/*.po; do
    name=${catalogue##*/}
    check "$name is legal" msgfmt --check -o /dev/null "$catalogue"
    # a place such as {sender} that the original does not have could not be filled in
    msgattrib --no-wrap "$catalogue" | awk '
        /^msgid / { original = $0 }
        /^msgstr/ {
            original = tolower(original)
            $0 = tolower($0)
            while (match($0, /\{[a-zA-Z_]+\}/)) {
                place = substr($0, RSTART, RLENGTH)
                if (index(original, place) == 0) print place ": not in " original
                $0 = substr($0, RSTART + RLENGTH)
            }
        }' >"$work/places"
    check "$name fills in what the original fills in" diff /dev/null "$work/places"
done

# a locale of the language, made here: no machine needs to have it
mkdir "$work/locales"
localedef -i zh_CN -f UTF-8 "$work/locales/zh_CN.UTF-8" >"$work/said" 2>&1
[ -s "$work/locales/zh_CN.UTF-8/LC_CTYPE" ] || skip_all "no zh_CN locale can be made: $(head -n 1 "$work/said")"
LOCPATH=$work/locales
LC_ALL=zh_CN.UTF-8
export LOCPATH LC_ALL
"$TCPVIZ" -n -f ladder --explain "$TOP_SRCDIR/captures/refused.pcap" >"$work/chinese"
check "it speaks Chinese" grep -q '客户端' "$work/chinese"
check "states stay English" grep -q SYN_SENT "$work/chinese"
"$TCPVIZ" --json "$TOP_SRCDIR/captures/refused.pcap" >"$work/json"
LC_ALL=C.UTF-8 "$TCPVIZ" --json "$TOP_SRCDIR/captures/refused.pcap" >"$work/json.english"
check_same "JSON is the same in every language" "$work/json.english" "$work/json"
done_testing
