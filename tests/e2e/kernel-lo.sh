#!/bin/sh
# --kernel on loopback: what it says of sockets in every state that lasts is what ss says beside it, with
# process, timer, queues and what it disagrees on. Runs in a network of its own where the system allows one.
if [ -z "${KERNEL_LO_ALONE-}" ]; then
    KERNEL_LO_ALONE=yes
    export KERNEL_LO_ALONE
    as_root=
    [ "$(id -u)" -eq 0 ] || as_root=-r
    if unshare $as_root -n ip link set lo up 2>/dev/null; then
        exec unshare $as_root -n "${SHELL:-/bin/sh}" -c 'ip link set lo up && exec /bin/sh "$0"' "$0"
    fi
    KERNEL_LO_ALONE=no
fi
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"
need python3 ss

timeout -k 10 600 python3 -B "$TOP_SRCDIR/tests/e2e/kernel-lo.py" "$TCPVIZ" "$work" >"$work/results" 2>"$work/errors"
echo $? >"$work/status"
if grep -q '^skip ' "$work/results"; then
    skip_all "$(sed -n 's/^skip //p' "$work/results")"
fi
while read -r verdict name; do
    case $verdict in
    pass) ok "$name" ;;
    fail)
        echo "$name" >"$work/detail"
        not_ok "${name%%: *}" "$work/detail"
        ;;
    esac
done <"$work/results"
check "the whole of it ran" [ "$(cat "$work/status")" = 0 ]
[ ! -s "$work/errors" ] || sed 's/^/# /' "$work/errors"

if python3 -c 'import jsonschema; jsonschema.Draft202012Validator' 2>/dev/null; then
    check "every record is as the schema has it" python3 "$TOP_SRCDIR/tests/e2e/schema.py" \
        "$TOP_SRCDIR/data/tcpviz.schema.json" "$work/kernel.json"
else
    skip "every record is as the schema has it" "python3-jsonschema is not installed"
fi

# without a kernel to ask
"$TCPVIZ" --kernel -r "$TOP_SRCDIR/captures/refused.pcap" >"$work/out" 2>"$work/err"
check "a saved capture has no kernel" [ $? -eq 2 ]
done_testing
