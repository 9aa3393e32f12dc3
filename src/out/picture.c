/* The elements that drawings are made of. */
#include "config.h"

#include "out/picture.h"

#include "out/xmlw.h"

static const struct {
    const char *id, *classes;
} heads[OUT_HEADS] = {
    [OUT_HEAD] = {"head", "h"},
    [OUT_HEAD_RESET] = {"head-reset", "h-reset"},
    [OUT_HEAD_FINDING] = {"head-finding", "h-finding"},
    [OUT_HEAD_OPEN] = {"head-open", "h-open"},
    [OUT_HEAD_CLIENT] = {"head-client", "h-client"},
    [OUT_HEAD_SERVER] = {"head-server", "h-server"},
    [OUT_HEAD_DIM] = {"head-dim", "h-dim"},
};

void out_picture_text(struct base_strbuf *out, const char *classes, long x, long y,
                      const char *anchor, const char *text)
{
    base_strbuf_printf(out, "<text class=\"%s\" x=\"%ld\" y=\"%ld\"", classes, x, y);
    if (anchor != NULL)
        base_strbuf_printf(out, " text-anchor=\"%s\"", anchor);
    base_strbuf_str(out, " xml:space=\"preserve\">");
    out_xml_string(out, text);
    base_strbuf_str(out, "</text>\n");
}

void out_picture_line(struct base_strbuf *out, const char *classes, long x1, long y1, long x2,
                      long y2)
{
    base_strbuf_printf(out, "<path class=\"%s\" d=\"M%ld %ldL%ld %ld\"/>\n", classes, x1, y1, x2,
                       y2);
}

void out_picture_rect(struct base_strbuf *out, const char *classes, long x, long y, long width,
                      long height, long radius)
{
    base_strbuf_printf(out,
                       "<rect class=\"%s\" x=\"%ld\" y=\"%ld\" width=\"%ld\" height=\"%ld\" "
                       "rx=\"%ld\"/>\n",
                       classes, x, y, width, height, radius);
}

void out_picture_arrow(struct base_strbuf *out, enum out_head head, const char *classes, long x1,
                       long y1, long x2, long y2)
{
    base_strbuf_printf(out, "<path class=\"%s\" d=\"M%ld %ldL%ld %ld\" marker-end=\"url(#%s)\"/>\n",
                       classes, x1, y1, x2, y2, out_head_name(head));
}

const char *out_head_name(enum out_head head)
{
    return heads[head].id;
}

void out_picture_defs(struct base_strbuf *out)
{
    base_strbuf_str(out, "<defs>\n");
    for (unsigned i = 0; i < OUT_HEADS; i++)
        base_strbuf_printf(out,
                           "<marker id=\"%s\" viewBox=\"0 0 11 9\" refX=\"10.5\" refY=\"4.5\" "
                           "markerWidth=\"11\" markerHeight=\"9\" "
                           "markerUnits=\"userSpaceOnUse\" orient=\"auto\">"
                           "<path class=\"%s\" d=\"M0.5 0.5L10.5 4.5L0.5 8.5z\"/></marker>\n",
                           heads[i].id, heads[i].classes);
    base_strbuf_str(out, "</defs>\n");
}
