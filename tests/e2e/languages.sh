#!/bin/sh
# In the reader's language: the catalogues are whole and legal, and the program speaks them.
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"
need xgettext msgfmt msgcmp msgattrib localedef
[ -s "$TCPVIZ_LOCALES/zh_CN/LC_MESSAGES/tcpviz.mo" ] || skip_all "built without other languages"

"$TOP_SRCDIR/po/messages.sh" "$TOP_SRCDIR" >"$work/tcpviz.pot" 2>"$work/said"
check "every marked text can be read" test ! -s "$work/said"
for catalogue in "$TOP_SRCDIR"/po/*.po; do
    name=${catalogue##*/}
    check "$name is legal" msgfmt --check -o /dev/null "$catalogue"
    check "$name translates every text, and none by a guess" msgcmp "$catalogue" "$work/tcpviz.pot"
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

# The screens in it. Of three bytes, Chinese characters and their signs take two columns, the lines and arrows of
# the drawings one.
in_columns() { # FILE: a letter for each column
    LC_ALL=C awk '{
        gsub(/[\343-\357][\200-\277][\200-\277]/, "xx")
        gsub(/\342\224[\220\230\244\202]/, "|")
        gsub(/[\340-\342][\200-\277][\200-\277]/, "x")
        gsub(/[\302-\337][\200-\277]/, "x")
        print
    }' "$1"
}
is_chinese() { # FILE
    LC_ALL=C awk '/[\344-\351][\200-\277][\200-\277]/ { found = 1 } END { exit !found }' "$1"
}
no_wider_than() { # COLUMNS FILE
    in_columns "$2" | awk -v width="$1" 'length($0) > width { print; wider = 1 } END { exit wider }'
}
is_straight() { # FILE: the right edge of its box is in one column
    in_columns "$1" | awk '/\|$/ && !(length($0) in at) { at[length($0)]; edges++ } END { exit edges != 1 }'
}
for size in '80 24' '40 12' '200 60'; do
    width=${size%% *}
    at=$work/$width
    mkdir "$at"
    printf '%s\n' "resize $size" 'wait loaded' "save $at/list" F1 "save $at/help" q o "save $at/columns" q O \
        "save $at/settings" q F2 "save $at/save" Esc Enter "save $at/timeline" Down Down "save $at/third" l \
        "save $at/legend" l Enter "save $at/segment" m "save $at/states" q q s "save $at/space" >"$work/script"
    check "the screens are drawn at $size" "$TCPVIZ" -n -r "$TOP_SRCDIR/captures/handshake-four-way-close.pcap" \
        --script "$work/script"
    for screen in list help columns settings save timeline third legend segment states space; do
        check "$screen at $size speaks Chinese" is_chinese "$at/$screen"
        check "$screen at $size keeps to the width" no_wider_than "$width" "$at/$screen"
    done
done
for drawn in 40/legend 80/legend 200/legend; do
    check "$drawn: the box is straight" is_straight "$work/$drawn"
done
done_testing
