/* What is written on a segment's arrow. */
#include "config.h"

#include "base/intl.h"
#include "view/segment_parts.h"

#include <stddef.h>

#include "track/seq.h"
#include "view/glyphs.h"
#include "view/timeline.h"

const char *view_finding_words(enum track_finding finding)
{
    return _(track_finding_entry(finding)->words);
}

bool view_finding_is_serious(enum track_finding finding)
{
    return track_finding_entry(finding)->serious;
}

void view_add_flags(struct base_strbuf *out, unsigned flags, char separator)
{
    static const struct {
        unsigned bit;
        const char *name;
    } names[] = {{WIRE_SYN, "SYN"}, {WIRE_FIN, "FIN"}, {WIRE_RST, "RST"},
                 {WIRE_PSH, "PSH"}, {WIRE_ACK, "ACK"}, {WIRE_URG, "URG"},
                 {WIRE_ECE, "ECE"}, {WIRE_CWR, "CWR"}, {WIRE_AE, "AE"}};
    bool any = false;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (!(flags & names[i].bit))
            continue;
        if (any)
            base_strbuf_char(out, separator);
        base_strbuf_str(out, names[i].name);
        any = true;
    }
    if (!any)
        base_strbuf_str(out, _("no flags"));
}

/* --- numbers --- */

static bool ack_is_relative(const struct track_event *event, bool absolute)
{
    return !absolute && event->rel_ack_known;
}

/* delta below the ack, as a number of the same kind as it is shown in. */
static void add_before_ack(struct base_strbuf *out, const struct track_event *event, bool absolute,
                           uint32_t delta)
{
    if (ack_is_relative(event, absolute))
        base_strbuf_printf(out, "%lld", (long long)(event->rel_ack - (int32_t)delta));
    else
        base_strbuf_u64(out, event->ack - delta);
}

void view_add_ack_sum(struct base_strbuf *out, const struct track_event *event, bool absolute)
{
    const struct track_sum *sum = &event->ack_sum;
    uint32_t delta = sum->bytes + (sum->syn != 0) + (sum->fin != 0);
    add_before_ack(out, event, absolute, 0);
    bool below_zero = ack_is_relative(event, absolute) && event->rel_ack < delta;
    if (!sum->known || delta == 0 || below_zero)
        return;
    base_strbuf_str(out, " = ");
    add_before_ack(out, event, absolute, delta);
    if (sum->syn)
        base_strbuf_str(out, " + SYN");
    if (sum->bytes > 0) {
        base_strbuf_str(out, " + ");
        base_strbuf_u64(out, sum->bytes);
    }
    if (sum->fin)
        base_strbuf_str(out, " + FIN");
}

static void add_seq(struct base_strbuf *out, const struct track_event *event, bool absolute,
                    int32_t offset)
{
    if (!absolute && event->rel_seq_known)
        base_strbuf_printf(out, "%lld", (long long)(event->rel_seq + offset));
    else
        base_strbuf_u64(out, event->seq + (uint32_t)offset);
}

#define BIT(finding) ((track_finding_set)1 << (finding))

/* A check that breaks, unless a finding says the same and why: a segment sent again is no wrong
 * sum. */
static bool breaks(const struct track_event *event, enum track_check_kind kind)
{
    const track_finding_set moved_seq = BIT(TRACK_OUT_OF_ORDER) | BIT(TRACK_LOST_SEGMENT) |
                                        BIT(TRACK_KEEP_ALIVE) | BIT(TRACK_WINDOW_PROBE) |
                                        BIT(TRACK_PARTIAL_OVERLAP) | BIT(TRACK_IGNORED_RST);
    bool explained = kind == TRACK_CHECK_SEQ && ((event->findings & moved_seq) != 0 ||
                                                 view_is_retransmission(event->findings));
    explained = explained ||
                (kind == TRACK_CHECK_ACK && (event->findings & BIT(TRACK_ACKED_NOT_CAPTURED)) != 0);
    return event->checks[kind].outcome == TRACK_BREAKS && !explained;
}

static void seq_part(struct view_scene *scene, const struct track_event *event, bool absolute)
{
    struct base_strbuf brief = BASE_STRBUF_INIT, text = BASE_STRBUF_INIT;
    base_strbuf_str(&brief, "seq ");
    add_seq(&brief, event, absolute, 0);
    base_strbuf_str(&text, base_strbuf_text(&brief));
    bool wrong = breaks(event, TRACK_CHECK_SEQ);
    if (wrong) {
        base_strbuf_str(&text, _(", expected "));
        add_seq(&text, event, absolute,
                seq_diff(event->checks[TRACK_CHECK_SEQ].expected, event->seq));
    }
    bool takes_room = event->payload_bytes > 0 || (event->flags & (WIRE_SYN | WIRE_FIN)) != 0;
    view_scene_add_part(scene, base_strbuf_text(&text), wrong ? base_strbuf_text(&brief) : NULL,
                        wrong ? VIEW_ROLE_BREAKS : VIEW_ROLE_NUMBER, VIEW_LEVEL_SUM,
                        takes_room || wrong ? VIEW_LEVEL_SEQ : VIEW_LEVEL_SEQ_OF_ACK);
    base_strbuf_free(&text);
    base_strbuf_free(&brief);
}

static void ack_part(struct view_scene *scene, const struct track_event *event, bool absolute)
{
    struct base_strbuf brief = BASE_STRBUF_INIT, text = BASE_STRBUF_INIT;
    base_strbuf_str(&brief, "ack ");
    add_before_ack(&brief, event, absolute, 0);
    base_strbuf_str(&text, "ack ");
    bool wrong = breaks(event, TRACK_CHECK_ACK);
    if (wrong) {
        add_before_ack(&text, event, absolute, 0);
        base_strbuf_str(&text, _(", expected "));
        add_before_ack(&text, event, absolute,
                       event->ack - event->checks[TRACK_CHECK_ACK].expected);
    } else {
        view_add_ack_sum(&text, event, absolute);
    }
    view_scene_add_part(scene, base_strbuf_text(&text), base_strbuf_text(&brief),
                        wrong ? VIEW_ROLE_BREAKS : VIEW_ROLE_NUMBER, VIEW_LEVEL_SUM,
                        VIEW_LEVEL_ACK);
    base_strbuf_free(&text);
    base_strbuf_free(&brief);
}

bool view_segment_is_wrong(const struct track_event *event)
{
    bool wrong = false;
    for (unsigned i = 0; i < TRACK_CHECKS; i++)
        wrong = wrong || breaks(event, (enum track_check_kind)i);
    return wrong;
}

bool view_segment_is_right(const struct track_event *event)
{
    return (event->flags & WIRE_ACK) && event->checks[TRACK_CHECK_ACK].outcome == TRACK_HOLDS &&
           !view_segment_is_wrong(event);
}

static void mark_part(struct view_scene *scene, const struct track_event *event)
{
    const struct view_glyphs *glyphs = view_glyphs(scene->ascii);
    if (view_segment_is_wrong(event))
        view_scene_add_part(scene, glyphs->breaks, NULL, VIEW_ROLE_BREAKS, VIEW_NEVER,
                            VIEW_LEVEL_ACK);
    else if (view_segment_is_right(event))
        view_scene_add_part(scene, glyphs->holds, NULL, VIEW_ROLE_HOLDS, VIEW_NEVER,
                            VIEW_LEVEL_MARK);
}

/* The checks without a number of their own say what is wrong in words. */
static void broken_parts(struct view_scene *scene, const struct track_event *event)
{
    static const char *const words[TRACK_CHECKS] = {
        [TRACK_CHECK_WINDOW] = N_("outside the window"),
        [TRACK_CHECK_SACK] = N_("SACK does not fit"),
        [TRACK_CHECK_TIMESTAMP] = N_("old timestamp"),
        [TRACK_CHECK_OPTIONS] = N_("option not legal here"),
        [TRACK_CHECK_CHECKSUM] = N_("bad checksum"),
    };
    for (unsigned i = 0; i < TRACK_CHECKS; i++)
        if (words[i] != NULL && breaks(event, (enum track_check_kind)i))
            view_scene_add_part(scene, _(words[i]), NULL, VIEW_ROLE_BREAKS, VIEW_NEVER,
                                VIEW_LEVEL_LENGTH);
}

/* --- the rest --- */

/* RFC 792, RFC 1812 section 5.2.7.1, RFC 4443 section 3. */
static const struct {
    uint8_t family, type, code;
    bool any_code;
    const char *words;
} icmp_words[] = {
    {4, 3, 0, false, N_("network unreachable")},
    {4, 3, 1, false, N_("host unreachable")},
    {4, 3, 2, false, N_("protocol unreachable")},
    {4, 3, 3, false, N_("port unreachable")},
    {4, 3, 4, false, N_("too large, fragmentation needed")},
    {4, 3, 9, false, N_("network prohibited")},
    {4, 3, 10, false, N_("host prohibited")},
    {4, 3, 13, false, N_("prohibited by a filter")},
    {4, 3, 0, true, N_("destination unreachable")},
    {4, 4, 0, true, N_("source quench")},
    {4, 11, 0, true, N_("time exceeded")},
    {4, 12, 0, true, N_("parameter problem")},
    {6, 1, 0, false, N_("no route")},
    {6, 1, 1, false, N_("prohibited by a filter")},
    {6, 1, 3, false, N_("address unreachable")},
    {6, 1, 4, false, N_("port unreachable")},
    {6, 1, 0, true, N_("destination unreachable")},
    {6, 2, 0, true, N_("packet too big")},
    {6, 3, 0, true, N_("time exceeded")},
    {6, 4, 0, true, N_("parameter problem")},
};

void view_add_icmp(struct base_strbuf *out, const struct track_icmp *icmp)
{
    base_strbuf_str(out, icmp->family == 6 ? "ICMPv6 " : "ICMP ");
    for (size_t i = 0; i < sizeof icmp_words / sizeof icmp_words[0]; i++) {
        if (icmp_words[i].family != icmp->family || icmp_words[i].type != icmp->type ||
            (!icmp_words[i].any_code && icmp_words[i].code != icmp->code))
            continue;
        base_strbuf_str(out, _(icmp_words[i].words));
        if (icmp->mtu > 0)
            base_strbuf_printf(out, ", MTU %lu", (unsigned long)icmp->mtu);
        return;
    }
    base_strbuf_printf(out, _("error, type %u code %u"), (unsigned)icmp->type,
                       (unsigned)icmp->code);
}

/* "sack 1449-2897 4345-5793", in the numbers that the ack is in. */
static void sack_part(struct view_scene *scene, const struct track_event *event, bool absolute)
{
    struct base_strbuf text = BASE_STRBUF_INIT;
    base_strbuf_str(&text, "sack");
    for (unsigned i = 0; i < event->options.sack_blocks && i < VIEW_SACK_KEPT; i++) {
        base_strbuf_char(&text, ' ');
        add_before_ack(&text, event, absolute, event->ack - event->options.sack[i].left);
        base_strbuf_char(&text, '-');
        add_before_ack(&text, event, absolute, event->ack - event->options.sack[i].right);
    }
    if (event->options.sack_blocks > VIEW_SACK_KEPT)
        base_strbuf_printf(&text, " +%u", event->options.sack_blocks - VIEW_SACK_KEPT);
    view_scene_add_part(scene, base_strbuf_text(&text), "sack", VIEW_ROLE_NUMBER, VIEW_LEVEL_REMARK,
                        VIEW_LEVEL_LENGTH);
    base_strbuf_free(&text);
}

static void window_part(struct view_scene *scene, const struct track_event *event)
{
    struct base_strbuf text = BASE_STRBUF_INIT;
    bool scaled = event->window_scale_known || (event->flags & WIRE_SYN) != 0;
    base_strbuf_printf(
        &text, "win %lu%s",
        (unsigned long)(event->window_scale_known ? event->window_bytes : event->window),
        scaled || event->window == 0 ? "" : _(" unscaled"));
    view_scene_add_part(scene, base_strbuf_text(&text), NULL, VIEW_ROLE_DIM, VIEW_NEVER,
                        VIEW_LEVEL_WINDOW);
    base_strbuf_free(&text);
}

static void finding_part(struct view_scene *scene, const struct track_event *event,
                         enum track_finding finding)
{
    bool serious = view_finding_is_serious(finding);
    struct base_strbuf text = BASE_STRBUF_INIT;
    base_strbuf_str(&text, view_finding_words(finding));
    if (finding == TRACK_DUPLICATE_ACK && event->duplicate_ack_number > 0)
        base_strbuf_printf(&text, " %u", (unsigned)event->duplicate_ack_number);
    else if (finding <= TRACK_FIN_RETRANSMISSION && event->related_frame != 0)
        base_strbuf_printf(&text, _(" of #%llu"), (unsigned long long)event->related_frame);
    const char *brief = track_finding_entry(finding)->brief;
    if (brief != NULL)
        brief = _(brief);
    else if (serious)
        brief = view_finding_words(finding);
    view_scene_add_part(scene, base_strbuf_text(&text), brief,
                        serious ? VIEW_ROLE_FINDING : VIEW_ROLE_REMARK, VIEW_LEVEL_DETAIL,
                        serious ? VIEW_NEVER : VIEW_LEVEL_REMARK);
    base_strbuf_free(&text);
}

/* Its receiver's capture has it, its sender's has not. */
static void unsent_part(struct view_scene *scene)
{
    view_scene_add_part(scene, _("never sent"), NULL, VIEW_ROLE_FINDING, VIEW_NEVER, VIEW_NEVER);
}

static void option_part(struct view_scene *scene, const struct wire_options *options)
{
    struct base_strbuf text = BASE_STRBUF_INIT, brief = BASE_STRBUF_INIT;
    if (options->present & WIRE_OPTION_MSS)
        base_strbuf_printf(&brief, "mss %u", (unsigned)options->mss);
    base_strbuf_str(&text, base_strbuf_text(&brief));
    if (options->present & WIRE_OPTION_WINDOW_SCALE)
        base_strbuf_printf(&text, " wscale %u", (unsigned)options->window_scale);
    if (options->present & WIRE_OPTION_SACK_PERMITTED)
        base_strbuf_str(&text, " sack");
    if (options->present & WIRE_OPTION_TIMESTAMPS)
        base_strbuf_str(&text, " ts");
    if (options->present & WIRE_OPTION_FASTOPEN)
        base_strbuf_str(&text, " tfo");
    if (options->present & WIRE_OPTION_MPTCP)
        base_strbuf_str(&text, " mptcp");
    const char *start = base_strbuf_text(&text);
    if (start[0] == ' ')
        start++;
    if (start[0] != '\0')
        view_scene_add_part(scene, start, brief.length > 0 ? base_strbuf_text(&brief) : NULL,
                            VIEW_ROLE_DIM, VIEW_LEVEL_OPTIONS,
                            brief.length > 0 ? VIEW_LEVEL_MSS : VIEW_LEVEL_OPTIONS);
    base_strbuf_free(&text);
    base_strbuf_free(&brief);
}

static void flags_part(struct view_scene *scene, unsigned flags)
{
    struct base_strbuf text = BASE_STRBUF_INIT;
    view_add_flags(&text, flags, ' ');
    view_scene_add_part(scene, base_strbuf_text(&text), NULL,
                        flags & WIRE_RST ? VIEW_ROLE_FLAGS_RESET : VIEW_ROLE_FLAGS, VIEW_NEVER,
                        VIEW_NEVER);
    base_strbuf_free(&text);
}

static void counted_part(struct view_scene *scene, const char *word, uint64_t value,
                         enum view_role role, enum view_elision gone_at)
{
    struct base_strbuf text = BASE_STRBUF_INIT;
    base_strbuf_str(&text, word);
    base_strbuf_u64(&text, value);
    view_scene_add_part(scene, base_strbuf_text(&text), NULL, role, VIEW_NEVER, gone_at);
    base_strbuf_free(&text);
}

void view_add_segment_parts(struct view_scene *scene, const struct track_event *event,
                            bool absolute)
{
    flags_part(scene, event->flags);
    seq_part(scene, event, absolute);
    if (event->payload_bytes > 0)
        counted_part(scene, "len ", event->payload_bytes, VIEW_ROLE_NUMBER, VIEW_LEVEL_LENGTH);
    if (event->flags & WIRE_ACK)
        ack_part(scene, event, absolute);
    mark_part(scene, event);
    broken_parts(scene, event);
    if (event->arrival == WIRE_ARRIVAL_UNSENT)
        unsent_part(scene);
    for (unsigned i = 0; i < TRACK_FINDINGS; i++)
        if (event->findings >> i & 1)
            finding_part(scene, event, (enum track_finding)i);
    if (event->flags & WIRE_SYN)
        option_part(scene, &event->options);
    if (event->options.sack_blocks > 0)
        sack_part(scene, event, absolute);
    if (!(event->flags & WIRE_RST))
        window_part(scene, event);
}
