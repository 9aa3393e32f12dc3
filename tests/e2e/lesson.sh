#!/bin/sh
# The course: as text, and one lesson after the other in the terminal UI.
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"
TCPVIZ_CAPTURES=$TOP_SRCDIR/captures
export TCPVIZ_CAPTURES
cd "$work" || exit 99

"$TCPVIZ" --lesson list >contents
sed -n 's/^ *[0-9][0-9]*  \([a-z0-9-]*\) .*/\1/p' contents >names
for scenario in "$TCPVIZ_CAPTURES"/*.lab; do
    name=${scenario##*/}
    echo "$(sed -n 's/^lesson *//p' "$scenario") ${name%.lab}"
done | sort -n | sed 's/.* //' >wanted
check_same "the list has every scenario that has a capture, in its order" wanted names

"$TCPVIZ" -n --lesson zero-window </dev/null >one 2>err
check "a lesson by its name ends with 0" test $? -eq 0
check "nothing on stderr" test ! -s err
number=$(grep -n '^zero-window$' names | cut -d: -f1)
check "it says which it is" grep -q "^Lesson $number of $(wc -l <names): " one
for part in 'What it teaches' 'Look at' 'What the programs do' 'Question' 'Answer'; do
    check "it has: $part" grep -qx "$part" one
done
check "it has the calls" grep -q '^    setsockopt(s, SO_RCVBUF, 4096)$' one
check "and the times of them" grep -q '^    +30ms write(c, 20000)$' one
check "it has the capture" grep -q 'zero window' one
check "the answer comes last" sh -c 'tail -n 2 one | grep -qx Answer'
"$TCPVIZ" -n --lesson="$number" </dev/null >two 2>&1
check_same "the same by its number" one two
"$TCPVIZ" -n -f ladder --explain --lesson="$number" </dev/null >explained 2>&1
check "explained it is longer" test "$(wc -l <explained)" -gt "$(wc -l <one)"
"$TCPVIZ" --lesson no-such-lesson >/dev/null 2>err
check "a lesson that is not there is wrong usage" test $? -eq 2
check "it says where they are listed" grep -q 'no-such-lesson: no such lesson; --lesson list' err
mkdir empty
TCPVIZ_CAPTURES=$work/empty "$TCPVIZ" --lesson=list >/dev/null 2>&1
check "an empty directory does no harm" test $? -ne 139
"$TCPVIZ" --lesson 2>&1 </dev/null | head -n 1 >first
check "a closed pipe ends it" grep -q '^Lesson 1 of ' first

# the whole course, from a few lessons
mkdir few
cp "$TCPVIZ_CAPTURES"/refused.* "$TCPVIZ_CAPTURES"/reset.* few
printf 'title Broken\n' >few/broken.lab
TCPVIZ_CAPTURES=$work/few
"$TCPVIZ" -n --lesson </dev/null >all 2>err
check "all of them as text" test "$(grep -c '^Lesson [12] of 2: ' all)" -eq 2
check "in their order" sh -c 'grep "^Lesson\|(reset)\|(refused)" all | sed -n "2p;4p" | tr "\n" " " | grep -q "refused.*reset"'
check "a broken one is told" grep -q 'broken.lab:1: the scenario has no program' err
rm few/broken.lab

"$TCPVIZ" -f tui -r x 2>&1 | grep -q 'without the terminal UI' && done_testing
printf '%s\n' 'wait loaded' 'save 1.txt' n 'wait loaded' 'save 2.txt' n 'save 3.txt' p 'wait loaded' 'save 4.txt' p \
    'save 5.txt' q >walk.script
"$TCPVIZ" --lesson --script walk.script 2>err
check "the terminal UI walks through them" test $? -eq 0
check "from the first" grep -q 'Lesson 1 of 2' 1.txt
check "to the second" grep -q 'Lesson 2 of 2' 2.txt
check "after which there is none" grep -q 'This is the last lesson' 3.txt
check "and back" grep -q 'Lesson 1 of 2' 4.txt
check "before which there is none" grep -q 'This is the first lesson' 5.txt
check "nothing is remembered of it" test ! -e "$XDG_STATE_HOME/tcpviz/recent"
done_testing
