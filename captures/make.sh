#!/bin/sh
# Makes the bundled captures anew, each by running its scenario in the lab.
#
# make.sh TCPVIZ DIRECTORY [NAME...]: NAME.pcap is written beside NAME.lab in DIRECTORY; all unless named.
# None are for the name none. One that fails keeps the capture that it had, and the exit status is 1.
set -u
tcpviz=$1 directory=$2
shift 2
if [ $# -eq 0 ]; then
    for scenario in "$directory"/*.lab; do
        scenario=${scenario##*/}
        set -- "$@" "${scenario%.lab}"
    done
fi
[ "$*" != none ] || exit 0
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

# headers matter, not payload: this much of a packet keeps the files small
snaplen=200

make_one() {
    "$tcpviz" -q --lab "$directory/$1.lab" -s "$snaplen" -f json -o /dev/null -w "$work/$1.pcap" 2>"$work/$1.err" &&
        mv "$work/$1.pcap" "$directory/$1.pcap" && rm -f "$work/$1.err"
}

# they mostly wait: some at a time
running=0
for name; do
    make_one "$name" &
    running=$((running + 1))
    [ $((running % 6)) -ne 0 ] || wait
done
wait
status=0
for name; do
    [ -e "$work/$name.err" ] || continue
    echo "make.sh: $name: $(cat "$work/$name.err")" >&2
    status=1
done
exit $status
