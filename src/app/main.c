/* tcpviz: the program. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/xalloc.h"

_Noreturn void base_out_of_memory(size_t size_bytes)
{
    fprintf(stderr, "tcpviz: out of memory: %zu bytes could not be had\n", size_bytes);
    exit(1);
}

int main(void)
{
    puts(PACKAGE_STRING);
    return 0;
}
