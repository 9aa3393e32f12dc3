/* Text from anywhere as character data of XML and HTML. */
#ifndef TCPVIZ_OUT_XMLW_H
#define TCPVIZ_OUT_XMLW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"

/* Appends the text so that it is safe between tags and in attributes in either kind of quotes. What
 * is no UTF-8, what XML 1.0 section 2.2 does not allow and what turns the direction of writing
 * round becomes U+FFFD. */
void out_xml_text(struct base_strbuf *out, const char *text, size_t length);
/* Whether a character may stand in a document: see above. */
bool out_xml_allows(uint32_t code_point);
/* As above, up to the NUL. */
void out_xml_string(struct base_strbuf *out, const char *text);

#endif
