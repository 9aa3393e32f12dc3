#!/bin/sh
# The start screen lists what can be opened and opens it with one key; recent files; bundled captures by name.
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"
"$TCPVIZ" -f tui -r x 2>&1 | grep -q 'without the terminal UI' && skip_all "built without the terminal UI"
TCPVIZ_CAPTURES=$TOP_SRCDIR/captures
export TCPVIZ_CAPTURES
cd "$work" || exit 99

cat >first.script <<'END'
save start.txt
resize 200 60
End
save end.txt
resize 80 24
F1
save help.txt
q
q
END
check "the start screen opens without a source" "$TCPVIZ" --script first.script
check "it names what it is" grep -q '^tcpviz  What to open' start.txt
check "it lists the interfaces" grep -q 'Interfaces, live' start.txt
check "it lists lo" grep -q '^ [1-9 ] lo ' start.txt
check "it lists the captures with what they teach" grep -q 'blind-reset  *Forged resets' start.txt
check "nothing is recent yet" sh -c '! grep -q "Recent files" start.txt'
check "the selection goes to the end" sh -c 'tail -n 3 end.txt | grep -q "[a-z]"'
check "its keys are in the help" sh -c 'grep -q "one line up" help.txt'
check "nothing was opened, nothing is remembered" test ! -e "$XDG_STATE_HOME/tcpviz/recent"

cat >quit.script <<'END'
quit
END
check "a bundled capture opens by its name" "$TCPVIZ" --script quit.script -r refused
check "it is remembered by its path" grep -qx "$(realpath "$TOP_SRCDIR/captures/refused.pcap" 2>/dev/null)\|refused" \
    "$XDG_STATE_HOME/tcpviz/recent"
cp "$TOP_SRCDIR/captures/reset.pcap" mine.pcap
check "a file opens" "$TCPVIZ" --script quit.script -r mine.pcap
check "the newest is first" sh -c 'head -n 1 "$XDG_STATE_HOME/tcpviz/recent" | grep -q "/mine.pcap$"'
"$TCPVIZ" -r no-such-capture --json >/dev/null 2>err
check "what is not bundled is not found" test $? -eq 2
check "and named" grep -q 'no-such-capture' err

cat >second.script <<'END'
save recent.txt
1
wait loaded
save opened.txt
q
END
check "one key opens" "$TCPVIZ" --script second.script
check "recent files come first" sh -c 'sed -n 2p recent.txt | grep -q "Recent files"'
check "the newest of them has the number 1" grep -q '^ 1 mine.pcap' recent.txt
check "it was opened" grep -q '^tcpviz  mine.pcap .* 1 connection' opened.txt

# a list that is not ours
printf '%s\n' relative/path /nowhere/at/all "$(printf '/%05000d' 1)" >"$XDG_STATE_HOME/tcpviz/recent"
check "a list of nonsense does no harm" "$TCPVIZ" --script first.script
check "and shows nothing" sh -c '! grep -q "Recent files" start.txt'
done_testing
