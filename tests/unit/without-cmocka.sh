#!/bin/sh
# Stands in for the unit tests where cmocka was not found, so that each is named as skipped.
n=0
for test in $UNIT_TESTS; do
    n=$((n + 1))
    echo "ok $n - $test # SKIP cmocka was not found by configure"
done
echo "1..$n"
