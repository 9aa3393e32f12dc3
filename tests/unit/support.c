/* The library's hook: a test that runs out of memory fails at once. */
#include "config.h"

#include "support.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/xalloc.h"

_Noreturn void base_out_of_memory(size_t size_bytes)
{
    fprintf(stderr, "out of memory: %zu bytes\n", size_bytes);
    abort();
}
