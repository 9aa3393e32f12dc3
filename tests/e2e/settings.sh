#!/bin/sh
# Settings files: read in order, checked line by line, overruled by the command line.
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"
cd "$work" || exit 99
mkdir -p config/tcpviz
file=$XDG_CONFIG_HOME/tcpviz/config

check "without a file there are defaults" sh -c '"$TCPVIZ" --print-config | grep -qx "theme default"'
cat >"$file" <<'END'
# mine
theme   light
  ascii yes
numeric yes
times start
msl 60
max-connections 1000
key F9 q
key J Down
END
"$TCPVIZ" --print-config >printed 2>err
check "settings are read" test $? -eq 0
for line in 'theme light' 'ascii yes' 'numeric yes' 'checksums no' 'times start' 'msl 60' 'max-connections 1000' \
    'color auto' 'key F9 q' 'key J Down'; do
    check "$line" grep -qx "$line" printed
done
cp printed "$file"
"$TCPVIZ" --print-config >again
check_same "what is printed says the same when it is read" printed again
check "the command line comes last" sh -c '"$TCPVIZ" --theme mono --print-config | grep -qx "theme mono"'

# wrong LINE MESSAGE: a file with that second line is refused, with its name and the line's number
wrong() {
    printf '# comment\n%s\n' "$1" >"$file"
    "$TCPVIZ" --print-config >out 2>err
    check "$1: 2" test $? -eq 2
    check "$1: said where and why" grep -qxF "tcpviz: $file:2: $2" err
}
wrong 'theme blue' 'theme blue: no such theme; default, dark, light, color-blind, mono or projector'
wrong 'ascii maybe' 'ascii: yes or no'
wrong 'interface lo' 'interface: no such setting'
wrong 'write /etc/passwd' 'write: no such setting'
wrong 'msl' 'msl : not a number of seconds from 0.001 to 86400'
wrong 'key a' 'key: wants two keys: the new one and the one that it is to be'
wrong 'key a b c' 'key: wants two keys: the new one and the one that it is to be'
wrong "$(printf '%0600d' 1)" 'the line is too long'
check "help is there with wrong settings" "$TCPVIZ" --help
head -c 100000 /dev/urandom >"$file"
"$TCPVIZ" --print-config >out 2>err
check "noise is refused" test $? -eq 2
check "and not told line by line" test "$(wc -l <err)" -le 12
rm "$file"
mkfifo "$file"
timeout 10 "$TCPVIZ" --print-config >out 2>err
check "a pipe is not waited for" grep -q 'not a regular file' err
rm "$file"
i=0
while [ $i -lt 65 ]; do echo "key a b"; i=$((i + 1)); done >"$file"
"$TCPVIZ" --print-config >out 2>err
check "keys are bounded" grep -q ':65: key: too many of them' err

if "$TCPVIZ" -f tui -r x 2>&1 | grep -q 'without the terminal UI'; then
    skip "keys work" "built without the terminal UI"
else
    printf 'key F9 Enter\nkey x F1\ntimes start\n' >"$file"
    printf '%s\n' 'wait loaded' F9 "save $work/timeline" x "save $work/help" >keys.script
    check "keys are taken" "$TCPVIZ" --script keys.script -r "$TOP_SRCDIR/captures/refused.pcap"
    check "a key opens the timeline" grep -q 'open: refused' timeline
    check "a key shows the help" grep -q 'one line up' help
    echo 'key F99 q' >"$file"
    "$TCPVIZ" --script keys.script -r "$TOP_SRCDIR/captures/refused.pcap" >out 2>err
    check "a key that there is not is refused" grep -qx 'tcpviz: settings: key F99: no such key' err
fi
done_testing
