/* The lines that end a text output: what was read, what was skipped and what was lost. */
#include "config.h"

#include "out/closing.h"

#include <string.h>

#include "base/intl.h"
#include "base/utf8.h"

#include "view/words.h"

static const char *skip_words(enum wire_skip skip)
{
    switch (skip) {
    case WIRE_SKIP_NOT_IP:
        return _("not IP");
    case WIRE_SKIP_NOT_TCP:
        return _("not TCP");
    case WIRE_SKIP_TRUNCATED:
        return _("cut short by the snapshot length");
    case WIRE_SKIP_MALFORMED:
        return _("malformed");
    case WIRE_SKIP_FRAGMENT:
        return _("incomplete IP fragments");
    case WIRE_SKIP_LINK_TYPE:
        return _("of an unknown link type");
    case WIRE_SKIP_TOO_DEEP:
        return _("with too many layers");
    case WIRE_SKIP_DUPLICATE:
        return _("seen twice on lo or any");
    case WIRE_SKIP_KINDS:
        break;
    }
    return "?";
}

static void add_skipped(struct base_strbuf *out, const struct out_capture *capture)
{
    const char *before = _("skipped: ");
    bool any = false;
    for (unsigned i = 0; i < WIRE_SKIP_KINDS; i++) {
        if (capture->skipped[i] == 0)
            continue;
        base_strbuf_str(out, before);
        view_add_count(out, capture->skipped[i]);
        base_strbuf_char(out, ' ');
        base_strbuf_str(out, skip_words((enum wire_skip)i));
        before = _(", ");
        any = true;
    }
    if (any)
        base_strbuf_char(out, '\n');
}

static void add_drops(struct base_strbuf *out, const struct out_capture *capture)
{
    if (capture->kernel_dropped == 0 && capture->interface_dropped == 0)
        return;
    base_strbuf_str(out, _("dropped: "));
    view_add_count(out, capture->kernel_dropped);
    base_strbuf_str(out, _(" by the kernel (try a larger -B), "));
    view_add_count(out, capture->interface_dropped);
    base_strbuf_str(out, _(" by the interface\n"));
}

/* What the captures of both ends say together. */
static void add_clock(struct base_strbuf *out, const struct join_clock *clock)
{
    base_strbuf_str(out, _("other end: its clock is "));
    view_add_span(out, clock->ahead_ns < 0 ? -clock->ahead_ns : clock->ahead_ns, true);
    base_strbuf_str(out, clock->ahead_ns < 0 ? _(" behind, one way takes ")
                                             : _(" ahead, one way takes "));
    view_add_span(out, clock->one_way_ns, true);
    base_strbuf_str(out, _(" at least; "));
    view_add_count(out, clock->pairs);
    base_strbuf_str(out, _(" in both, "));
    view_add_count(out, clock->lost);
    base_strbuf_str(out, _(" lost, "));
    view_add_count(out, clock->unsent);
    base_strbuf_str(out, _(" never sent\n"));
}

void out_add_closing(struct base_strbuf *out, const struct out_capture *capture)
{
    if (capture->source != NULL && capture->source[0] != '\0') {
        base_utf8_add_seen(out, capture->source, strlen(capture->source));
        base_strbuf_str(out, ": ");
    }
    view_add_counted(out, capture->frames, N_("frame"));
    base_strbuf_str(out, _(", "));
    view_add_counted(out, capture->tcp_segments, N_("TCP segment"));
    base_strbuf_str(out, _(", "));
    view_add_counted(out, capture->connections, N_("connection"));
    base_strbuf_char(out, '\n');
    if (capture->clock.known)
        add_clock(out, &capture->clock);
    add_skipped(out, capture);
    add_drops(out, capture);
    if (capture->evicted > 0) {
        base_strbuf_str(out, _("evicted: "));
        view_add_counted(out, capture->evicted, N_("connection"));
        base_strbuf_str(out, _(" written out early to keep to --max-connections\n"));
    }
    if (!capture->complete)
        base_strbuf_str(out, _("incomplete: the capture broke off or lost packets\n"));
}
