/* The formats that connections are written in: their names. */
#include "config.h"

#include "out/format.h"

#include <string.h>

#include "base/intl.h"

static const struct out_format formats[OUT_KINDS] = {
    [OUT_LADDER] = {"ladder", N_("text timeline"), "txt", false, false},
    [OUT_SUMMARY] = {"summary", N_("table, a line per connection"), "txt", false, false},
    [OUT_JSON] = {"json", N_("JSON Lines"), "jsonl", false, true},
    [OUT_CSV] = {"csv", N_("CSV: a row per connection, or per segment"), "csv", false, true},
    [OUT_ZEEK] = {"zeek", N_("connections as in Zeek's conn.log"), "log", false, true},
    [OUT_SVG] = {"svg", N_("picture: timelines, state diagrams or sequence graphs"), "svg", false,
                 false},
    [OUT_HTML] = {"html", N_("page with list, timelines, stepping state machine and quiz"), "html",
                  false, false},
    [OUT_MERMAID] = {"mermaid", N_("sequence diagram for GitHub and others"), "mmd", true, false},
    [OUT_DOT] = {"dot", N_("state machine with the way taken, for Graphviz"), "dot", true, false},
    [OUT_MARKDOWN] = {"markdown", N_("handout: diagram, table, questions and answers"), "md", false,
                      false},
};

const struct out_format *out_format(enum out_kind kind)
{
    return &formats[kind];
}

bool out_format_find(const char *name, enum out_kind *kind)
{
    for (unsigned i = 0; i < OUT_KINDS; i++)
        if (strcmp(formats[i].name, name) == 0) {
            *kind = (enum out_kind)i;
            return true;
        }
    return false;
}

void out_format_add_names(struct base_strbuf *out, const char *last_word)
{
    for (unsigned i = 0; i < OUT_KINDS; i++) {
        if (i > 0 && i + 1 == OUT_KINDS)
            base_strbuf_printf(out, " %s ", last_word);
        else if (i > 0)
            base_strbuf_str(out, ", ");
        base_strbuf_str(out, formats[i].name);
    }
}
