/* Words for people, marked for translation. The catalogue is not built yet: every text is its own.
 */
#ifndef TCPVIZ_BASE_INTL_H
#define TCPVIZ_BASE_INTL_H

/* The text in the reader's language. */
#define _(text) (text)
/* Marks a text in a table; it is translated by _() when it is used. */
#define N_(text) text
/* The form that fits the number. */
#define P_(one, many, count) ((count) == 1 ? (one) : (many))

#endif
