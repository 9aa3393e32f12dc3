#!/bin/sh
# Bad input: one clear line on stderr, the documented exit status, and whatever was readable.
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"
good=$TOP_SRCDIR/captures/handshake-four-way-close.pcap

# refuses STATUS PATTERN ARGUMENT…: that exit status, and a line "tcpviz: …" with the pattern in it
refuses() {
    wanted=$1
    pattern=$2
    shift 2
    "$TCPVIZ" "$@" >"$work/out" 2>"$work/err" </dev/null
    status=$?
    name="${title:-$*}: $wanted"
    title=
    {
        echo "exit status $status, stderr:"
        cat "$work/err"
    } >"$work/detail"
    if [ $status -eq "$wanted" ] && grep -Eq "^tcpviz: .*$pattern" "$work/err" &&
        [ "$(wc -l <"$work/err")" -le "${lines:-1}" ]; then
        ok "$name"
    else
        not_ok "$name" "$work/detail"
    fi
    lines=1
}

# hex BYTES… (octal escapes of printf)
bytes() {
    # shellcheck disable=SC2059 # the escapes are the point
    printf "$1"
}

# --- wrong usage ---
title="no source and no terminal"
"$TCPVIZ" >"$work/out" 2>"$work/err" </dev/null
status=$?
check "no source and no terminal: usage on stderr" grep -q '^usage: tcpviz' "$work/err"
check "no source and no terminal: 2" [ $status -eq 2 ]
check "no source and no terminal: nothing on stdout" [ ! -s "$work/out" ]
refuses 2 "--no-such-option.*--help" --no-such-option
refuses 2 "-c" -r "$good" -c none
refuses 2 "-f .*ladder.*json" -r "$good" -f picture
refuses 2 "--connection" -r "$good" --connection 0
refuses 2 "--msl" -r "$good" --msl never
refuses 2 "-r" -r
refuses 2 "FILE|-r|file" -i lo -r "$good"

# --- nothing to open ---
refuses 2 "no-such-file.pcap: No such file" -r "$work/no-such-file.pcap"
refuses 2 "no-such-file.pcap: " "$work/no-such-file.pcap"
refuses 2 "no-such-interface0" -i no-such-interface0
mkdir "$work/empty"
title="a directory without captures"
refuses 2 "empty: .*capture" -r "$work/empty"
echo "neither here" >"$work/empty/notes.txt"
title="a directory with other files"
refuses 2 "empty: .*capture" -r "$work/empty"
: >"$work/nothing"
title="an empty file"
refuses 2 "nothing: .*empty" -r "$work/nothing"
echo "This is a text and no capture. It goes on for a while." >"$work/text"
title="a text file"
refuses 2 "text: .*(not a capture|neither pcap)" -r "$work/text"
head -c 20 "$good" >"$work/short"
title="a header cut short"
refuses 2 "short: " -r "$work/short"
title="a device that has nothing"
refuses 1 "/dev/null: .*without a byte" -r /dev/null
title="a filter with a syntax error"
refuses 2 "port and.*|syntax" -r "$good" "port and"
title="a filter with an unknown word"
refuses 2 "frobnicate" -r "$good" -f summary frobnicate 1
printf 'port and' >"$work/filter"
title="a filter file with a syntax error"
refuses 2 "." -r "$good" -F "$work/filter"
title="a filter file that is not there"
refuses 2 "no-filter: No such file" -r "$good" -F "$work/no-filter"
title="an output that cannot be opened"
refuses 2 "no/such/dir" -r "$good" -o "$work/no/such/dir"
title="a save file that cannot be opened"
refuses 2 "no/such/dir" -r "$good" -w "$work/no/such/dir"

# --- a link type that is not decoded: USB (LINKTYPE_USB_LINUX, 189), one frame ---
{
    bytes '\324\303\262\241\002\000\004\000\000\000\000\000\000\000\000\000\377\377\000\000\275\000\000\000'
    bytes '\001\000\000\000\000\000\000\000\004\000\000\000\004\000\000\000abcd'
} >"$work/usb"
title="a link type without IP"
refuses 1 "usb: link type .*189.* not decoded" -r "$work/usb"

# --- it breaks off: status 1, the place, and what was readable ---
size=$(wc -c <"$good")
head -c $((size - 10)) "$good" >"$work/cut"
title="a truncated capture"
refuses 1 "cut: truncated at byte [0-9]+, after packet 10" -r "$work/cut" --json
check "what was readable is shown" grep -q '"to":"FIN_WAIT_1"' "$work/out"
check "and marked as incomplete" grep -q '"type":"capture".*"complete":false' "$work/out"
{
    cat "$good"
    bytes '\001\000\000\000\000\000\000\000\377\377\377\177\377\377\377\177'
} >"$work/damaged"
title="a capture with a senseless length"
refuses 1 "damaged: .*byte [0-9]+" -r "$work/damaged" --json
check "what was readable before it is shown" grep -q '"to":"TIME_WAIT"' "$work/out"
if command -v gzip >/dev/null 2>&1; then
    gzip -c "$good" | head -c 300 >"$work/cut.gz"
    title="truncated gzip data"
    refuses 1 "cut.gz: .*trunc" -r "$work/cut.gz" --json
fi
title="no escape sequences in messages"
refuses 2 'no\?\[31m' -r "$(printf 'no\033[31m')"
if [ -w /dev/full ]; then
    title="a full disk"
    refuses 1 "No space" -r "$good" -o /dev/full
    title="a full disk while saving"
    refuses 1 "No space" -r "$good" -w /dev/full -f summary
    "$TCPVIZ" --help >/dev/full 2>"$work/err"
    check "a full disk for the help: 1" [ $? -eq 1 ]
fi

# --- permission ---
if [ "$(id -u)" -eq 0 ] && command -v setpriv >/dev/null 2>&1; then
    setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all --bounding-set=-all \
        "$TCPVIZ" -i lo >"$work/out" 2>"$work/err" </dev/null
    status=$?
    check "no permission to capture: 2" [ $status -eq 2 ]
    check "the three ways to get it" grep -Eq '^tcpviz: lo: .*sudo' "$work/err"
    check "one of them is setcap" grep -q setcap "$work/err"
    cp "$good" "$work/secret"
    chmod 0 "$work/secret"
    chmod 755 "$work"
    setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all --bounding-set=-all \
        "$TCPVIZ" -r "$work/secret" >"$work/out" 2>"$work/err" </dev/null
    check "a file that may not be read: 2" [ $? -eq 2 ]
    check "and why" grep -q 'secret: Permission denied' "$work/err"
elif [ "$(id -u)" -ne 0 ]; then
    title="no permission to capture"
    lines=4 refuses 2 "lo: .*sudo" -i lo
else
    skip "no permission to capture" "setpriv is not installed"
fi

# --- the terminal ---
if "$TCPVIZ" -f tui "$good" 2>&1 </dev/null | grep -q "without the terminal UI"; then
    title="-f tui without the terminal UI"
    refuses 2 "without the terminal UI.*ladder" -f tui "$good"
elif command -v script >/dev/null 2>&1; then
    title="the terminal UI into a file"
    refuses 2 "no terminal" -f tui "$good"
    # on_terminal WORDS: as if typed at a terminal; its stderr apart
    on_terminal() {
        script -qec "$1 '$TCPVIZ' -f tui '$good' 2>'$work/err'" /dev/null >"$work/out" </dev/null
    }
    on_terminal "env -u TERM"
    check "TERM is not set: 2" [ $? -eq 2 ]
    check "TERM is not set: the way out" grep -q '^tcpviz: .*TERM.*ladder' "$work/err"
    on_terminal "TERM=no-such-terminal"
    check "TERM is unknown: 2" [ $? -eq 2 ]
    check "TERM is unknown: it is named" grep -q '^tcpviz: .*no-such-terminal' "$work/err"
else
    skip "the terminal" "script is not installed"
fi
done_testing
