/* Numbers as people read them: 1,204 · 1.7 MB · 20.1 ms. All append to a string. */
#ifndef TCPVIZ_VIEW_WORDS_H
#define TCPVIZ_VIEW_WORDS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/strbuf.h"

/* "1,204". */
void view_add_count(struct base_strbuf *out, uint64_t count);
/* "1 segment", "1,204 segments": the noun in its singular; its plural takes an s. */
void view_add_counted(struct base_strbuf *out, uint64_t count, const char *noun);
/* Up to 9,999 in full, then three digits: "1,204 bytes", "1.70 MB" (decimal units). */
void view_add_bytes(struct base_strbuf *out, uint64_t bytes);
/* The same in at most 8 columns: "1,204 B", "1.70 MB". */
void view_add_bytes_short(struct base_strbuf *out, uint64_t bytes);
/* "0 s", "41 ns", "210 µs", "20.1 ms", "1.204 s", "60 s", "2 min 5 s", "3 h 2 min", "4 d 3 h"; "us"
 * if ascii. */
void view_add_span(struct base_strbuf *out, int64_t span_ns, bool ascii);

#endif
