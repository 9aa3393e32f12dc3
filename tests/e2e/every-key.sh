#!/bin/sh
# Every key on every screen of a connection, also on the smallest terminal: nothing breaks, and the way back works.
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"
"$TCPVIZ" -f tui -r x 2>&1 | grep -q 'without the terminal UI' && skip_all "built without the terminal UI"
captures=$TOP_SRCDIR/captures
cd "$work" || exit 99 # what is saved

# those that leave the program or the terminal are left out
keys='a b c d e f g h i j k l m n o p r s t u v w x y z A B C D E F G H I J K L M N O P R S T U V W X Y Z
0 1 2 3 4 5 6 7 8 9 ! $ % & ( ) * + , - . / : ; < = > ? @ [ \ ] ^ _ { | } ~ # Up Down Left Right Home End PgUp PgDn
Space Enter Tab Backspace Del F1 F2 F3 F4 F5 F6 F7 F8 F9 F11 F12 ^A ^B ^E ^F ^L WheelUp WheelDown'

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
    for way in '' 'Enter' 'Enter v' 'm' 'Enter s' 'M' 'D' 'Enter l' 'o' 'F2' 'O'; do
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
done_testing
