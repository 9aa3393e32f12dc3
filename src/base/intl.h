/* Words for people, in the reader's language: GNU gettext, where it is built in. The program chooses the
 * language by its locale and names the catalogue; here are only the marks. xgettext finds them. */
#ifndef TCPVIZ_BASE_INTL_H
#define TCPVIZ_BASE_INTL_H

#include "config.h"

#ifdef ENABLE_NLS
#include <libintl.h>

/* The text in the reader's language; the empty text is itself (to gettext it is the catalogue's header).
 */
__attribute__((format_arg(1))) static inline const char *base_translated(const char *text)
{
    return text[0] == '\0' ? text : gettext(text);
}

#define _(text) base_translated(text)
/* The form that fits the number, an unsigned one. */
#define P_(one, many, count) ngettext(one, many, (unsigned long)(count))
#else
#define _(text) (text)
#define P_(one, many, count) ((count) == 1 ? (one) : (many))
#endif

/* Marks a text in a table; it is translated by _() when it is used. */
#define N_(text) text

#endif
