#!/bin/sh
# Static analysis of all sources with what is installed of gcc -fanalyzer and cppcheck: make
# analyze. Prints what was found; exit status 1 if that is anything.
#
# What gcc and cppcheck say of variables without a value is left out: both lose sight of those that are
# written through a pointer, and valgrind and the sanitizers see them for sure.
set -u
: "${TOP_SRCDIR:?run me with make analyze}" "${TOP_BUILDDIR:?}" "${ANALYZE_CFLAGS:?}"
cd "$TOP_SRCDIR" || exit 99
found=$TOP_BUILDDIR/analyze.log
jobs=$(nproc 2>/dev/null || echo 2)
: >"$found"

# each NAME COMMAND…: the command for each source, its path behind it
each() {
    echo "$1" >&2
    shift
    find src -name '*.c' | sort | xargs -P "$jobs" -I '{}' "$@" '{}' 2>&1 |
        grep -E '(warning|error):' >>"$found"
}

if ${CC:-cc} -fanalyzer -x c -c -o /dev/null /dev/null 2>/dev/null; then
    # shellcheck disable=SC2086 # a list of words
    each "gcc -fanalyzer" ${CC:-cc} $ANALYZE_CFLAGS -O1 -fanalyzer \
        -Wno-analyzer-use-of-uninitialized-value -c -o /dev/null
fi
if command -v cppcheck >/dev/null; then
    echo "cppcheck" >&2
    cppcheck -q --enable=warning,portability --inline-suppr --std=c11 -Isrc -I"$TOP_BUILDDIR" \
        --suppress=missingIncludeSystem --suppress=uninitvar --suppress=legacyUninitvar \
        --suppress=uninitStructMember --suppress=ctuuninitvar --suppress=selfAssignment \
        -DHAVE_CONFIG_H -D_GNU_SOURCE '-DPKGDATADIR=""' '-DLOCALEDIR=""' src 2>&1 |
        grep -E '(warning|error|portability):' >>"$found"
fi
sort -u "$found"
[ ! -s "$found" ]
