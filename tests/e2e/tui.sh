#!/bin/sh
# The terminal UI on a real terminal, tmux's: keys, mouse, sizes, and the terminal as it was on every way out.
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"
need tmux
"$TCPVIZ" -f tui -r x 2>&1 | grep -q 'without the terminal UI' && skip_all "built without the terminal UI"
infocmp tmux-256color >/dev/null 2>&1 || skip_all "no terminfo entry tmux-256color"
captures=$TOP_SRCDIR/captures
TCPVIZ_CAPTURES=$captures # tmux hands it on
export TCPVIZ_CAPTURES
socket=tcpviz-test-$$
unset TMUX NO_COLOR

tm() {
    tmux -f /dev/null -L "$socket" "$@"
}
trap 'tm kill-server 2>/dev/null; rm -rf "$work"' EXIT

# start ARGUMENTS…: tcpviz in a fresh 80x24 terminal; the modes are noted before and after
start() {
    cat >"$work/session" <<END
cd "$work"
trap : INT
stty -a >"$work/modes.before"
sh -c 'echo \$\$ >"$work/pid"; exec "\$@"' sh "$TCPVIZ" $*
echo "status \$?"
stty -a >"$work/modes.after"
exec sleep 1000
END
    rm -f "$work/modes.after" "$work/pid"
    tm respawn-pane -k "TERM=tmux-256color LC_ALL=C.UTF-8 exec sh $work/session"
}

# shows PATTERN: waits until the screen has it, a minute at most
shows() {
    tries=600
    until tm capture-pane -p | grep -q -e "$1"; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || { tm capture-pane -p; return 1; }
        sleep 0.1
    done
}

lacks() {
    ! tm capture-pane -p | grep -q -e "$1"
}

# the terminal is as it was: modes, the normal screen, the cursor, no mouse
restored() {
    shows "$1" && sleep 0.2 && cmp "$work/modes.before" "$work/modes.after" &&
        [ "$(tm display-message -p '#{alternate_on}#{cursor_flag}#{mouse_any_flag}')" = 010 ]
}

press() {
    tm send-keys "$@"
}

# what a mouse sends, in one piece
point() {
    tm set-buffer "$1" && tm paste-buffer
}

tm new-session -d -x 80 -y 24 "exec sleep 1000"
tm set-option -g remain-on-exit on
start "-n $captures/handshake-four-way-close.pcap"
check "the list comes up" shows '1 10.0.0.1:[0-9]*  *10.0.0.2:1234  *TIME_WAIT'
press Enter
check "Enter opens the timeline" shows 'FIN_WAIT_1 ┃'
press Down
check "Down goes to the second segment" shows 'frame 2  server → client'
press Up F1
check "F1 helps" shows 'Everywhere'
press q
check "q goes back" shows 'frame 1  client → server'
tm resize-window -x 120 -y 40
check "a larger terminal is filled" shows 'ack 16 = 15 + FIN  ✓  win 64512'
tm resize-window -x 30 -y 8
check "a small one gets a notice" shows '^tcpviz needs 40x12; q quits$'
tm resize-window -x 80 -y 24
check "and is filled again" shows 'frame 1  client → server'
press Escape
check "Esc goes back to the list" shows 'Enter Open'
press Enter Down Down v
check "keys that come in one go all count" shows '^frame 3 .*client → server'
press m
check "m shows the state machine" shows 'C ESTABLISHED  S'
press q Escape
check "and Esc goes back" shows 'Enter Open'
press q
check "q quits and restores the terminal" restored '^status 0$'

start "-n -r $captures"
shows ' [0-9][0-9]* connections' >/dev/null
# the mouse as xterm tells it: button, column and row, each plus 32, from 1: column 5, row 7
click=$(printf "\\033[M %%'\\033[M#%%'")
wheel=$(printf "\\033[Ma%%'")
point "$click"
check "a click selects" shows '^── #5 ──'
point "$wheel"
check "the wheel moves" shows '^── #8 ──'
point "$click"
shows '^── #5 ──' >/dev/null
point "$click"
check "a click on the selected line opens it" shows '^#5  10.0.0.1'
press q
press / refused Enter a
check "keys that come in one go mark what the filter before them left" shows ' \([0-9]*\) marked  \1 of '
press Enter
press Q
check "Q quits from the timeline" restored '^status 0$'

for signal in TERM HUP INT; do
    start "-n $captures/refused.pcap"
    shows 'Enter Open' >/dev/null
    kill -"$signal" "$(cat "$work/pid")"
    check "SIG$signal ends it and restores the terminal" restored '^status 0$'
done
for signal in SEGV ABRT QUIT; do
    start "-n $captures/refused.pcap"
    shows 'Enter Open' >/dev/null
    kill -"$signal" "$(cat "$work/pid")"
    check "SIG$signal kills it and restores the terminal" restored '^status 1[0-9]*$'
done
start "-n $captures/refused.pcap"
shows 'Enter Open' >/dev/null
press C-c
check "^C ends it and restores the terminal" restored '^status 0$'

# the course: a process for each lesson, and one terminal
start "-n --lesson"
check "a lesson comes up" shows 'Lesson 1 of '
press n
check "n goes to the next" shows 'Lesson 2 of '
press Enter
check "Enter opens its replay" shows 'Paused '
kill -TERM "$(cat "$work/pid")"
check "SIGTERM ends it and restores the terminal" restored '^status 0$'
start "-n --lesson"
shows 'Lesson 1 of ' >/dev/null
press C-c
check "^C ends the course" restored '^status 0$'
start "-n --lesson"
shows 'Lesson 1 of ' >/dev/null
press q
check "q ends the course" restored '^status 0$'

# a broken capture: what was readable is shown, and why, on the screen and afterwards
head -c 120 "$captures/refused.pcap" >"$work/broken.pcap"
# by a short name: the line has 80 columns
start "-n broken.pcap"
check "a truncated capture says so on the screen" shows 'truncated at byte'
press q
check "and after it, with exit status 1" restored '^status 1$'
check "the message is left on the terminal" shows '^tcpviz: .*truncated at byte'

# a shell with job control
if command -v bash >/dev/null; then
    tm respawn-pane -k "TERM=tmux-256color LC_ALL=C.UTF-8 PS1=ready: exec bash --norc -i"
    shows '^ready:' >/dev/null
    press "'$TCPVIZ' -n '$captures/refused.pcap'" Enter
    shows 'Enter Open' >/dev/null
    press C-z
    check "^Z stops it" shows 'Stopped'
    check "the stopped program leaves the normal screen" lacks 'Enter Open'
    press fg Enter
    check "fg brings it back" shows 'Enter Open'
    press q
    check "it still quits" shows '^ready:'
fi
tm kill-server
done_testing
