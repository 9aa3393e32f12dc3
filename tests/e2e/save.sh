#!/bin/sh
# Connections saved from the terminal UI: just their packets, unchanged, and every format as -f writes it.
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"
"$TCPVIZ" -f tui -r x 2>&1 | grep -q 'without the terminal UI' && skip_all "built without the terminal UI"
cd "$work" || exit 99
captures=$TOP_SRCDIR/captures
some="-r $captures/zero-window.pcap -r $captures/lost-syn.pcap -r $captures/ipv6.pcap -r $captures/reset.pcap -r $captures/refused.pcap"

# drive ARGUMENTS…: with the steps of standard input
drive() {
    cat >script
    "$TCPVIZ" --script script "$@" >drive.out 2>&1 || cat drive.out
}

# the lines that --segments has, without what depends on the place in the file
segments() {
    # shellcheck disable=SC2086 # lists of words
    "$TCPVIZ" -q $1 --json --segments $2 | grep '"type":"segment"' |
        sed 's/"connection":[0-9]*,"frame":[0-9]*,//; s/"related_frame":[0-9]*,*//'
}

# shellcheck disable=SC2086 # a list of words
drive $some <<'END'
wait loaded
End
Up
F2
save dialog
Enter
save saved
END
check "the dialog says what" grep -q 'connection 4' dialog
check "and proposes a name" grep -q 'tcpviz-4.pcap' dialog
check "it says what was saved" grep -q '^[0-9]* packets saved in tcpviz-4.pcap' saved
segments tcpviz-4.pcap '' >seen
segments "$some" '--connection 4' >wanted
check "the selected connection has its segments" test -s wanted
check_same "… all of them and no others" wanted seen
nano=$(od -A n -t x4 -N 4 tcpviz-4.pcap | tr -d ' ')
check "with nanoseconds" test "$nano" = a1b23c4d

# shellcheck disable=SC2086 # a list of words
drive $some <<'END'
wait loaded
/
"number in {2..3}"
Enter
a
Esc
F2
save dialog
"2.pcapng"
Enter
END
check "marked ones are proposed" grep -q '2 that are marked' dialog
segments tcpviz-marked.pcap2.pcapng '' >seen
segments "$some" '--connection 2,3' >wanted
check_same "marked connections have their segments" wanted seen

# every format but the first, as -f writes it
# shellcheck disable=SC2086 # a list of words
drive -n $some <<'END'
wait loaded
F2
Down
Right
save dialog
Enter
END
check "a format is chosen" grep -q 'ladder' dialog
formats=$("$TCPVIZ" -f no-such-format x 2>&1 | sed -n 's/.*there are //p' | sed 's/ and /, /; s/,//g; s/tui//')
i=0
for format in $formats; do
    i=$((i + 1))
    {
        printf '%s\n' 'wait loaded' F2 Down
        n=0
        while [ $n -lt $i ]; do n=$((n + 1)); echo Right; done
        printf '%s\n' 'save dialog' Down ^U "\"$format.txt\"" Enter 'save saved'
    } >script
    check "$format is saved" "$TCPVIZ" -n --script script -r "$captures/lost-data.pcap" -r "$captures/refused.pcap"
    check "… and said" grep -q "^1 connection saved in $format.txt" saved
    COLUMNS=100 "$TCPVIZ" -n -r "$captures/lost-data.pcap" -r "$captures/refused.pcap" --connection 1 -f "$format" >wanted
    check_same "$format as -f writes it" wanted "$format.txt"
done
check "there were some" test "$i" -ge 3

# what is there is not overwritten, and other names than those of results are not made
echo precious >tcpviz-1.pcap
drive -r "$captures/refused.pcap" <<'END'
wait loaded
W
Enter
save refused
^U
Down
Down
^U
".profile"
Enter
save hidden
^U
Enter
save nameless
^U
"no-such-directory/x.pcap"
Enter
save nowhere
Esc
save list
END
check "a file that is there stays" grep -qx precious tcpviz-1.pcap
check "and it says so" grep -q 'tcpviz-1.pcap: is there already' refused
check "a hidden file is not made" test ! -e .profile
check "nor is one without a name" grep -q 'wants a name' nameless
check "a directory that is not there is told" grep -q 'no-such-directory/x.pcap: No such file' nowhere
check "and the way back is there" grep -q 'Client' list

# what came through a pipe is kept in part: packets can be saved, other formats cannot
drive -r - <<'END'
wait loaded
END
cp "$captures/lost-data.pcap" pipe.pcap
printf '%s\n' 'wait loaded' W 'Enter' 'save piped' W Down Right Enter 'save format' >script
check "a pipe" sh -c 'cat pipe.pcap | "$TCPVIZ" --script script -r -'
rm -f tcpviz-1.pcap
check "again, with room for the file" sh -c 'cat pipe.pcap | "$TCPVIZ" --script script -r -'
check "packets of a pipe are saved" grep -q 'packets saved in tcpviz-1.pcap' piped
segments tcpviz-1.pcap '' >seen
segments pipe.pcap '' >wanted
check_same "as they were" wanted seen
check "other formats are refused with the way out" grep -q 'live captures are saved as pcap only' format
done_testing
