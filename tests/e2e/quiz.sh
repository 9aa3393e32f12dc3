#!/bin/sh
# The quiz as plain text.
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"
capture=$TOP_SRCDIR/captures/reset.pcap
cd "$work" || exit 99

yes 1 | "$TCPVIZ" --quiz -f ladder -r "$capture" >out 2>err
check "the quiz ends with 0" test $? -eq 0
check "it says nothing on stderr" test ! -s err
asked=$(grep -c '^[0-9]* of [0-9]*\. ' out)
check "it asks more than ten questions" test "$asked" -gt 10
right=$(grep -c 'Right\.$' out)
check "the score is what was right" grep -qx "$right of $asked right\." out

# answered with what the first run told, all is right
awk '/^[0-9]+ of [0-9]+\. / { split("", choice) }
    /^   [1-4]  / { number = $1; sub(/^   [1-4]  /, ""); choice[$0] = number }
    /^> Right/ { print 1 }
    /^> No: / { sub(/^> No: /, ""); sub(/\.$/, ""); print choice[$0] }' out >answers
"$TCPVIZ" --quiz -f ladder -r "$capture" <answers >out2 2>&1
check "the same capture asks the same: all can be right" grep -qx "$asked of $asked right\." out2

printf 'what?\n' | "$TCPVIZ" --quiz -f ladder -r "$capture" >out 2>&1
check "what is no answer is asked again" grep -q 'A number from 1 to 4' out
check "the end of input ends the quiz" grep -qx '0 of 0 right\.' out
"$TCPVIZ" --quiz -f ladder -r "$capture" --connection 7 </dev/null >out 2>&1
check "a connection that is not there: 2" test $? -eq 2
"$TCPVIZ" --quiz -f ladder -r - <"$capture" >out 2>&1
check "the capture cannot come from standard input" test $? -eq 2
"$TCPVIZ" --quiz -i lo -f ladder >out 2>&1
check "an interface has no quiz" test $? -eq 2
done_testing
