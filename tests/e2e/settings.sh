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
columns number client:30 server life
sort -bytes
addresses no
alias 10.0.0.1 = laptop
alias 10.0.0.0/24 lan
alias [2001:db8::1]:80 = web
key F9 q
key J Down
END
"$TCPVIZ" --print-config >printed 2>err
check "settings are read" test $? -eq 0
for line in 'theme light' 'ascii yes' 'numeric yes' 'checksums no' 'times start' 'msl 60' 'max-connections 1000' \
    'color auto' 'key F9 q' 'key J Down' 'columns number client:30 server life' 'sort -bytes' 'addresses no' \
    'alias 10.0.0.1 = laptop' 'alias 10.0.0.0/24 = lan' 'alias [2001:db8::1]:80 = web'; do
    check "$line" grep -qxF "$line" printed
done
cp printed "$file"
"$TCPVIZ" --print-config >again
check_same "what is printed says the same when it is read" printed again
check "the command line takes back a yes" sh -c '"$TCPVIZ" --no-ascii --no-numeric --print-config | grep -c "^ascii no\|^numeric no" | grep -qx 2'
check "only of what settings can say" sh -c '! "$TCPVIZ" --no-segments --print-config 2>&1 | grep -qv "no such option"'
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
wrong 'columns client colour' 'columns colour: no such column; there are number, client, server, client-state, server-state, packets, bytes, findings, rtt, age, activity, life, start, duration, open, close, closed-by, client-packets, server-packets, client-bytes, server-bytes, retransmissions, out-of-order, zero-windows, throughput, history, conn-state, kernel, process, incarnation'
wrong 'columns client:1' 'columns client:1: not a width from 2 to 200'
wrong 'sort life' 'sort life: there is no order by this column'
wrong 'alias 10.0.0.1' 'alias: wants an address and a name'
wrong 'alias 10.0.0.300 = x' 'alias 10.0.0.300: no address such as 10.0.0.1, 10.0.0.0/8 or 10.0.0.1:80'
wrong 'alias 10.0.0.1 = a b' 'alias a b: a name has up to 31 letters, digits and . _ -'
wrong "$(printf 'alias 10.0.0.1 a\033[31m')" "$(printf 'alias a?[31m: a name has up to 31 letters, digits and . _ -')"
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
    printf 'alias 10.0.0.0/8 = inside\nalias fd00::/8 six\n' >"$file"
    address=$("$TCPVIZ" -q --json "$TOP_SRCDIR/captures/refused.pcap" | sed -n 's/.*"client":{"address":"\([^"]*\)".*/\1/p')
    echo "alias $address = guest" >>"$file"
    printf '%s\n' 'wait loaded' / '"guest"' "save $work/named" Enter Enter "save $work/timeline" A "save $work/plain" >keys.script
    check "aliases are taken" "$TCPVIZ" -Y '' --script keys.script -r "$TOP_SRCDIR/captures/refused.pcap"
    check "the list shows an alias" grep -q ' guest:[0-9]* *inside:[0-9]' named
    check "a filter knows it" grep -q '1 of 1 match' named
    check "the timeline shows it" grep -q 'guest:[0-9].*inside:[0-9]' timeline
    check "A shows addresses" grep -qF "$address:" plain
    # saved from the terminal UI: what was changed there and nothing else
    printf '# mine\n  times   start\ntheme light\n\ntheme dark\n' >"$file"
    cat >keys.script <<'END'
wait loaded
r
Enter
S
O
s
Right
save changed
s
save saved
s
save again
END
    chmod 640 "$file"
    check "settings are saved" "$TCPVIZ" --ascii --script keys.script -r "$TOP_SRCDIR/captures/refused.pcap"
    printf '# mine\n  times   start\ntheme light\n\ntheme light\nabsolute-sequence-numbers yes\nsort -number\n' >wanted
    check_same "what was changed is, all else stays" wanted "$file"
    check "its mode, too" test "$(stat -c %a "$file")" = 640
    check "a change is marked" grep -q '^\* Colours  *light' changed
    check "… until it is saved" grep -q '^  Colours  *light' saved
    check "it says so" grep -q 'Saved in the settings file' saved
    check "and when there is nothing to save" grep -q 'Nothing was changed' again
    rm -r "$XDG_CONFIG_HOME"
    check "without a directory" "$TCPVIZ" --script keys.script -r "$TOP_SRCDIR/captures/refused.pcap"
    printf 'absolute-sequence-numbers yes\nsort -number\ntheme dark\n' >wanted
    check_same "it is made" wanted "$file"
    mkdir "$work/elsewhere"
    mv "$file" "$work/elsewhere/real"
    ln -s "$work/elsewhere/real" "$file"
    printf '%s\n' 'wait loaded' O Down Right s "save $work/saved" >keys.script
    check "through a link" "$TCPVIZ" --script keys.script -r "$TOP_SRCDIR/captures/refused.pcap"
    check "the link stays one" test -h "$file"
    check "and its file has the change" grep -qx 'times start' "$work/elsewhere/real"
    rm -r "$XDG_CONFIG_HOME"
    : >"$XDG_CONFIG_HOME"
    # wide enough for the whole name, wherever this is built
    printf '%s\n' 'wait loaded' 'resize 400 40' O Down Right s "save $work/saved" >keys.script
    check "where it cannot be saved" "$TCPVIZ" --script keys.script -r "$TOP_SRCDIR/captures/refused.pcap"
    check "it is told" grep -q "tcpviz/config: Not a directory" saved
    rm "$XDG_CONFIG_HOME"
    mkdir -p "${file%/*}"
    echo 'key F99 q' >"$file"
    "$TCPVIZ" --script keys.script -r "$TOP_SRCDIR/captures/refused.pcap" >out 2>err
    check "a key that there is not is refused" grep -qx 'tcpviz: settings: key F99: no such key' err
fi
done_testing
