/* Allocation that never returns NULL.
 *
 * The library may not print or exit, so what happens when memory runs out is decided by the program
 * that links it: it defines base_out_of_memory() (src/app/main.c, tests/unit/support.c). */
#ifndef TCPVIZ_BASE_XALLOC_H
#define TCPVIZ_BASE_XALLOC_H

#include <stddef.h>

/* Defined by the program, not by the library. Must not return. size_bytes is what could not be had.
 */
_Noreturn void base_out_of_memory(size_t size_bytes);

/* As malloc(), calloc(), realloc() and reallocarray(); a size of 0 is taken as 1; freed with
 * free(). */
void *base_alloc(size_t size_bytes);
void *base_calloc(size_t count, size_t size_bytes);
void *base_realloc(void *old, size_t count, size_t size_bytes);
char *base_strdup(const char *text);

#endif
