#!/bin/sh
# soak.sh [SECONDS]: captures on the loopback of a network of its own while connections come and go, and
# says how memory and descriptors grew and what was lost. make soak: an hour; SOAK_SECONDS=60 make soak.
# Exit status 1 if memory grew after its first fifth by more than 4 MiB, if descriptors did, or if a
# packet was lost that the kernel does not report.
set -u
: "${TCPVIZ:?run me with make soak}" "${TOP_BUILDDIR:?}"
seconds=${1:-${SOAK_SECONDS:-3600}}
if [ -z "${SOAK_ALONE-}" ]; then
    SOAK_ALONE=yes
    export SOAK_ALONE
    as_root=
    [ "$(id -u)" -eq 0 ] || as_root=-r
    # shellcheck disable=SC2086 # an option or nothing
    exec unshare $as_root -n sh -c 'ip link set lo up && exec sh "$0" "$@"' "$0" "$seconds"
fi
work=$(mktemp -d "$TOP_BUILDDIR/soak.XXXXXX") || exit 99
trap 'kill $viz 2>/dev/null; rm -rf "$work"' EXIT

# packets that lo has received so far
packets() {
    sed -n 's/^ *lo: *//p' /proc/net/dev | { read -r _ count _ && echo "$count"; }
}

before=$(packets)
# what was closed is kept for 2 MSL: a short one shows sooner whether memory stays as it is
env --default-signal=INT "$TCPVIZ" -i lo --msl 1 --json --segments -w "$work/saved.pcap" \
    >"$work/out.json" 2>"$work/said" &
viz=$!
while [ "$(wc -l <"/proc/$viz/net/packet")" -lt 2 ]; do
    kill -0 $viz || { cat "$work/said" && exit 1; }
    sleep 0.1
done
python3 - "$seconds" <<'END' &
import socket
import sys
import time

end = time.monotonic() + float(sys.argv[1])
listener = socket.create_server(("127.0.0.1", 1234), backlog=64)
made = 0
while time.monotonic() < end:
    client = socket.create_connection(("127.0.0.1", 1234))
    server, _ = listener.accept()
    client.sendall(b"x" * (made % 3000 + 1))
    server.recv(65536)
    # half of them are reset, so that TIME_WAIT does not use up all ports
    if made % 2:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    server.close()
    client.close()
    made += 1
    time.sleep(0.001)
print(f"connections {made}")
END
load=$!
memory() {
    sed -n 's/^VmRSS:[[:space:]]*\([0-9]*\).*/\1/p' "/proc/$viz/status"
}
descriptors() {
    find "/proc/$viz/fd" -type l | wc -l
}
sleep $((seconds / 5))
memory_early=$(memory)
descriptors_early=$(descriptors)
wait $load
sleep 1
memory_late=$(memory)
descriptors_late=$(descriptors)
sent=$(($(packets) - before))
kill -INT $viz
wait $viz
status=$?
captured=$(sed -n 's/.*"type":"capture".*"frames":\([0-9]*\).*/\1/p' "$work/out.json")
dropped=$(sed -n 's/.*"type":"capture".*"kernel_dropped":\([0-9]*\).*/\1/p' "$work/out.json")
saved=$("$TCPVIZ" --json -r "$work/saved.pcap" | sed -n 's/.*"type":"capture".*"frames":\([0-9]*\).*/\1/p')
echo "seconds $seconds, status $status"
echo "packets: $sent on lo, $captured captured, $saved saved, $dropped dropped by the kernel"
echo "memory: $memory_early KiB after a fifth of the time, $memory_late KiB in the end"
echo "descriptors: $descriptors_early, $descriptors_late"
[ $status -eq 0 ] && [ $((captured + dropped)) -ge "$sent" ] && [ "$saved" = "$captured" ] &&
    [ $((memory_late - memory_early)) -lt 4096 ] && [ "$descriptors_late" -le "$descriptors_early" ]
