/* What every unit test needs: cmocka in the order it wants its headers, and the library's hook. */
#ifndef TCPVIZ_TESTS_SUPPORT_H
#define TCPVIZ_TESTS_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif
