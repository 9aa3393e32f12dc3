#!/bin/sh
# Every key on every screen, also on the smallest terminal: nothing breaks, and the way back works.
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"
"$TCPVIZ" -f tui -r x 2>&1 | grep -q 'without the terminal UI' && skip_all "built without the terminal UI"
captures=$TOP_SRCDIR/captures
cd "$work" || exit 99 # what is saved

# shellcheck disable=SC2089,SC2090 # a list of keys
# those that leave the program or the terminal are left out
keys='a b c d e f g h i j k l m n o p r s t u v w x y z A B C D E F G H I J K L M N O P R S T U V W X Y Z
0 1 2 3 4 5 6 7 8 9 ! $ % & ( ) * + , - . / : ; < = > ? @ [ \ ] ^ _ { | } ~ # Up Down Left Right Home End PgUp PgDn
Space Enter Esc Tab Backspace Del F1 F2 F3 F4 F5 F6 F7 F8 F9 F11 F12 ^A ^B ^E ^F ^L WheelUp WheelDown'

# the key table, as the help shows it: none of its keys is forgotten here
printf '%s\n' 'wait loaded' 'resize 200 400' F1 "save $work/help" >"$work/help.script"
check "the help opens" "$TCPVIZ" -n -r "$captures/refused.pcap" --script "$work/help.script"
sed '/^ The filter line/,$d' "$work/help" | sed -n 's/^   \(.\{22\}\) .*/\1/p' | tr -s ' ' '\n' | sort -u >"$work/table"
check "the help names keys" test "$(wc -l <"$work/table")" -gt 80
set -f
# shellcheck disable=SC2086,SC2090 # a list of keys
printf '%s\n' $keys q Q F10 ^Z '' >"$work/pressed"
set +f
check "every key of the table is pressed" sh -c "! grep -vxFf '$work/pressed' '$work/table'"

# press WAY KEY…: each key, having come there afresh
press() {
    way=$1
    set -f
    for key in $keys; do
        printf '%s\n' Esc Esc Esc Esc Esc Home
        # shellcheck disable=SC2086 # a list of keys
        [ -z "$way" ] || printf '%s\n' $way
        case $key in ?) printf '"%s"\n' "$key" ;; *) echo "$key" ;; esac
    done
    set +f
}

for size in '80 24' '40 12'; do
    for way in '' 'Enter' 'Enter v' 'm' 'Enter s' 'M' 'D' 'Enter l' 'o' 'F2' 'O' 'F1' 'w' '/' 'P' 'Enter }'; do
        {
            echo 'wait loaded'
            echo "resize $size"
            press "$way"
            printf '%s\n' Esc Esc Esc Esc Esc R "save $work/seen" quit
        } >"$work/keys.script"
        rm -f "$work/seen"
        check "every key after '$way' at $size" \
            "$TCPVIZ" -n -r "$captures/zero-window.pcap" -r "$captures/simultaneous-close.pcap" --script "$work/keys.script"
        check "the list is there again after '$way' at $size" grep -q 'Client' "$work/seen"
    done
done

# the text of a lesson, and the start screen, where keys that open what is there are left out: this host's interfaces
for size in '80 24' '40 12'; do
    {
        printf '%s\n' 'wait loaded' "resize $size"
        set -f
        for key in $keys; do
            case $key in ?) printf '"%s"\n' "$key" ;; *) echo "$key" ;; esac
            printf '%s\n' 'wait loaded' Esc Esc E 'wait loaded'
        done
        set +f
        printf '%s\n' "save $work/seen" quit
    } >"$work/keys.script"
    rm -f "$work/seen"
    check "every key on a lesson at $size" env TCPVIZ_CAPTURES="$captures" \
        "$TCPVIZ" -n --lesson=zero-window --script "$work/keys.script"
    check "the lesson is there again at $size" grep -q 'Lesson [0-9]* of' "$work/seen"
    grep -v '^Enter$\|^wait loaded$\|^E$\|^"[1-9]"$' "$work/keys.script" >"$work/start.script"
    rm -f "$work/seen"
    check "every key on the start screen at $size" "$TCPVIZ" --script "$work/start.script"
    check "the start screen is there again at $size" grep -q 'What to open' "$work/seen"
done
done_testing
