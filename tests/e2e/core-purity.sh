#!/bin/sh
# The core library is pure: no libpcap, no ncurses, no output, no clock, no environment, no mutable
# globals; and a program links with nothing else.
# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/lib.sh"
need nm
library=$TOP_BUILDDIR/libcore.a

# every symbol that the library may ask of others: memory, strings, formatting into buffers
allowed='abort|__assert_fail|base_out_of_memory|XXH[A-Za-z0-9_]*'
allowed="$allowed|malloc|aligned_alloc|calloc|realloc|reallocarray|free|qsort|bsearch"
allowed="$allowed|bcmp|mem(cpy|move|set|cmp|chr|mem|rchr)|str(len|nlen|cmp|ncmp|chr|rchr|str|spn|cspn|pbrk)"
allowed="$allowed|strto(l|ul|ll|ull)|__isoc23_strto(l|ul|ll|ull)|v?snprintf|wcwidth"
# the reader's words: the catalogue is the program's choice
allowed="$allowed|(dc|dcn|n)?gettext"
allowed="$allowed|__stack_chk_fail|__(mem(cpy|move|set)|v?snprintf)_chk|_GLOBAL_OFFSET_TABLE_"

nm --format=posix "$library" >"$work/symbols" || exit 99
awk 'NF > 1 && $2 ~ /^[A-TV-Zi]$/ { defined[$1] } NF > 1 && $2 == "U" { wanted[$1] }
     END { for (name in wanted) if (!(name in defined)) print name }' "$work/symbols" |
    grep -Evx "$allowed" | sort >"$work/foreign"
check "uses nothing but memory, strings and formatting" diff /dev/null "$work/foreign"

# objects in writable sections; constants that need relocation (.data.rel.ro) are constants
nm --format=sysv "$library" | awk -F'|' '{ gsub(/ /, "", $1); gsub(/ /, "", $4); gsub(/ /, "", $7) }
    $4 == "OBJECT" && $7 ~ /^(\.t?data|\.t?bss|\*COM\*)/ && $7 !~ /^\.data\.rel\.ro/ { print $1, $7 }' |
    sort >"$work/mutable"
check "has no mutable globals" diff /dev/null "$work/mutable"

cat >"$work/main.c" <<'END'
#include <stdlib.h>
#include "base/strbuf.h"
#include "base/xalloc.h"
_Noreturn void base_out_of_memory(size_t size_bytes)
{
    (void)size_bytes;
    abort();
}
int main(void)
{
    struct base_strbuf buf = BASE_STRBUF_INIT;
    base_strbuf_printf(&buf, "%d", 42);
    return buf.length == 2 ? 0 : 1;
}
END
# shellcheck disable=SC2086 # lists of words
check "a program links with it alone" \
    $TEST_CC $TEST_CFLAGS -o "$work/main" "$work/main.c" -Wl,--whole-archive $TEST_LIBS \
    -Wl,--no-whole-archive
check "that program runs" "$work/main"
done_testing
