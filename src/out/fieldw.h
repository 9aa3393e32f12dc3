/* Rows of fields: CSV as RFC 4180 has it, and the tab-separated logs of Zeek. */
#ifndef TCPVIZ_OUT_FIELDW_H
#define TCPVIZ_OUT_FIELDW_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/strbuf.h"

enum out_field_form { OUT_FIELDS_CSV, OUT_FIELDS_ZEEK };

struct out_fieldw {
    FILE *stream; /* borrowed */
    enum out_field_form form;
    struct base_strbuf line;
    bool any; /* the next field needs a separator before it */
};

#define OUT_FIELDW_INIT(stream_, form_)                                                            \
    {                                                                                              \
        .stream = (stream_), .form = (form_)                                                       \
    }

void out_fieldw_free(struct out_fieldw *writer);
/* Writes the row with its end of line in one piece. */
void out_fieldw_end(struct out_fieldw *writer);

/* Any bytes. CSV: in quotes where it must be; what is no UTF-8 becomes U+FFFD; a text that a
 * spreadsheet would take for a formula gets a ' before it. Zeek: bytes that are not printable ASCII
 * as \xNN. */
void out_fieldw_text(struct out_fieldw *writer, const char *bytes, size_t length);
void out_fieldw_string(struct out_fieldw *writer, const char *text);
/* Nothing known: empty, or -. */
void out_fieldw_unset(struct out_fieldw *writer);
void out_fieldw_u64(struct out_fieldw *writer, uint64_t value);
void out_fieldw_i64(struct out_fieldw *writer, int64_t value);
/* Seconds with this many digits behind the point, at most 9; cut, not rounded. */
void out_fieldw_seconds(struct out_fieldw *writer, int64_t span_ns, unsigned digits);
/* A text of the program's own, as it is. */
void out_fieldw_plain(struct out_fieldw *writer, const char *text);

#endif
