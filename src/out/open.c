/* The formats that connections are written in: their sinks. */
#include "config.h"

#include "out/format.h"

typedef struct out_sink *new_sink_fn(FILE *stream, const struct out_options *options);

static new_sink_fn *const sinks[OUT_KINDS] = {
    [OUT_LADDER] = out_ladder_new,     [OUT_SUMMARY] = out_summary_new, [OUT_JSON] = out_json_new,
    [OUT_CSV] = out_csv_new,           [OUT_ZEEK] = out_zeek_new,       [OUT_SVG] = out_svg_new,
    [OUT_HTML] = out_html_new,         [OUT_MERMAID] = out_mermaid_new, [OUT_DOT] = out_dot_new,
    [OUT_MARKDOWN] = out_markdown_new,
};

struct out_sink *out_format_open(enum out_kind kind, FILE *stream,
                                 const struct out_options *options)
{
    return sinks[kind](stream, options);
}
