/* What is this? All that a ladder draws of one segment, each sign with its meaning. */
#include "config.h"

#include "view/legend.h"

#include <string.h>

#include "base/intl.h"
#include "view/charwidth.h"
#include "view/fate.h"
#include "view/glyphs.h"
#include "view/remarks.h"
#include "view/segment_parts.h"
#include "view/steps.h"
#include "view/words.h"

#define SAMPLE_WIDTH 14
#define GAP 2

struct legend {
    struct view_scene *scene;
    const struct view_legend_options *options;
    const struct view_glyphs *glyphs;
    const struct view_steps *steps;
    const struct track_connection *record;
};

const char *view_state_meaning(enum track_state state)
{
    static const char *const meanings[TRACK_STATES] = {
        [TRACK_UNKNOWN] = N_("not known: nothing in the capture shows it"),
        [TRACK_CLOSED] = N_("no connection: there is no socket, or it is over"),
        [TRACK_LISTEN] = N_("waits for anyone to connect"),
        [TRACK_SYN_SENT] = N_("has asked to connect and waits for an answer"),
        [TRACK_SYN_RECEIVED] = N_("has been asked, has answered, and waits for the answer's ACK"),
        [TRACK_ESTABLISHED] = N_("open: data may go both ways"),
        [TRACK_FIN_WAIT_1] =
            N_("has said that it sends no more (FIN); nothing says that it arrived"),
        [TRACK_FIN_WAIT_2] = N_("its FIN has arrived; waits for that of the other end, and may "
                                "still receive"),
        [TRACK_CLOSE_WAIT] =
            N_("the other end has closed; waits for its own program to call close()"),
        [TRACK_CLOSING] = N_("both have closed at the same time; waits for the ACK of its FIN"),
        [TRACK_LAST_ACK] = N_("has closed second; waits for the last ACK"),
        [TRACK_TIME_WAIT] =
            N_("all is said; waits for twice the maximum segment lifetime, to answer a FIN "
               "that comes again and to let old segments die"),
    };
    return _(meanings[state < TRACK_STATES ? state : TRACK_UNKNOWN]);
}

/* --- entries --- */

/* A sign in its look, and beside it its meaning, on as many lines as it takes. */
static void entry(struct legend *l, const char *sample, enum view_role role, const char *meaning)
{
    struct base_strbuf text = BASE_STRBUF_INIT;
    size_t columns = view_text_width(sample, strlen(sample));
    size_t width =
        l->options->width > SAMPLE_WIDTH + GAP + 10 ? l->options->width - SAMPLE_WIDTH - GAP : 10;
    bool first = true;
    if (columns > SAMPLE_WIDTH) { /* a line of its own */
        view_scene_add_row(l->scene, VIEW_ROW_TEXT);
        view_scene_add_part(l->scene, sample, NULL, role, VIEW_NEVER, VIEW_NEVER);
        sample = "";
        columns = 0;
    }
    while (*meaning != '\0') {
        size_t length = view_wrap_length(meaning, width);
        view_scene_add_row(l->scene, VIEW_ROW_TEXT);
        base_strbuf_clear(&text);
        base_strbuf_str(&text, first ? sample : "");
        base_strbuf_fill(&text, ' ', SAMPLE_WIDTH - (first ? columns : 0));
        view_scene_add_part(l->scene, base_strbuf_text(&text), NULL, role, VIEW_NEVER, VIEW_NEVER);
        base_strbuf_clear(&text);
        base_strbuf_add(&text, meaning, length);
        view_scene_add_part(l->scene, base_strbuf_text(&text), NULL, VIEW_ROLE_PLAIN, VIEW_NEVER,
                            VIEW_NEVER);
        meaning += length;
        meaning += strspn(meaning, " ");
        first = false;
    }
    base_strbuf_free(&text);
}

static void heading(struct legend *l, const char *text)
{
    if (l->scene->row_count > 0)
        view_scene_add_row(l->scene, VIEW_ROW_TEXT);
    view_scene_add_row(l->scene, VIEW_ROW_TEXT);
    view_scene_add_part(l->scene, text, NULL, VIEW_ROLE_SECTION, VIEW_NEVER, VIEW_NEVER);
}

/* --- the arrow --- */

static const char *end_name(const struct legend *l, unsigned side)
{
    if (l->record->self_connect)
        return _("the socket");
    return side == TRACK_CLIENT ? _("client") : _("server");
}

static void direction(struct legend *l, const struct track_event *event)
{
    struct base_strbuf text = BASE_STRBUF_INIT;
    bool right = event->sender == TRACK_CLIENT;
    base_strbuf_printf(&text, _("a segment from %s to %s, frame %llu"), end_name(l, event->sender),
                       end_name(l, track_other((enum track_side)event->sender)),
                       (unsigned long long)event->frame);
    const char *sample =
        l->options->ascii ? (right ? "---->" : "<----") : (right ? "────▶" : "◀────");
    entry(l, sample, VIEW_ROLE_ARROW, base_strbuf_text(&text));
    base_strbuf_free(&text);
}

static void manner(struct legend *l, const struct track_event *event, bool lost)
{
    bool ascii = l->options->ascii;
    if (event->flags & WIRE_RST)
        entry(l, ascii ? "====>" : "════▶", VIEW_ROLE_ARROW_RESET,
              _("a double line: a RST, which ends a connection without any more ado"));
    switch (view_fate_manner(event)) {
    case VIEW_MANNER_REPEATED:
        entry(l, ascii ? "- - >" : "╌╌╌╌▶", VIEW_ROLE_ARROW_REPEATED,
              _("a broken line: it was sent before"));
        break;
    case VIEW_MANNER_OUT_OF_ORDER:
        entry(l, ascii ? "~~~~>" : "~~~~▶", VIEW_ROLE_ARROW_OUT_OF_ORDER,
              _("a waved line: a later segment overtook it on the way"));
        break;
    case VIEW_MANNER_IGNORED:
        entry(l, ascii ? "----)" : "────▷", VIEW_ROLE_ARROW_IGNORED,
              _("an empty head: it arrives, and its receiver ignores it"));
        break;
    case VIEW_MANNER_PLAIN:
    case VIEW_MANNERS:
        break;
    }
    if (lost)
        entry(l, ascii ? "----x" : "────×", VIEW_ROLE_ARROW_LOST,
              _("ends in a cross: presumably lost, for it, or what it acknowledges, was sent again "
                "without an "
                "answer in between"));
}

/* --- what is written on it --- */

static void flags(struct legend *l, const struct track_event *event)
{
    static const struct {
        unsigned bit;
        const char *name, *meaning;
    } names[] = {
        {WIRE_SYN, "SYN",
         N_("synchronize: asks to connect, and says from which number it counts its bytes")},
        {WIRE_FIN, "FIN", N_("finish: the sender has no more to say; it counts as one number")},
        {WIRE_RST, "RST", N_("reset: there is no such connection, or it is given up")},
        {WIRE_PSH, "PSH", N_("push: hand this to the program at once")},
        {WIRE_ACK, "ACK", N_("the acknowledgment number counts; set on all but the first segment")},
        {WIRE_URG, "URG", N_("urgent: some of the data is out of the ordinary")},
        {WIRE_ECE, "ECE", N_("explicit congestion notification, or the offer of it in a SYN")},
        {WIRE_CWR, "CWR", N_("congestion window reduced: the answer to ECE")},
        {WIRE_AE, "AE", N_("accurate explicit congestion notification")},
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (event->flags & names[i].bit)
            entry(l, names[i].name,
                  names[i].bit == WIRE_RST ? VIEW_ROLE_FLAGS_RESET : VIEW_ROLE_FLAGS,
                  _(names[i].meaning));
}

static void numbers(struct legend *l, const struct track_event *event)
{
    entry(l, "seq", VIEW_ROLE_NUMBER,
          l->options->absolute
              ? _("number of its first byte, as on the wire")
              : _("number of its first byte, counted from the sender's first one"));
    if (event->payload_bytes > 0)
        entry(l, "len", VIEW_ROLE_NUMBER, _("bytes of data that it carries"));
    if (event->flags & WIRE_ACK)
        entry(l, "ack", VIEW_ROLE_NUMBER,
              _("the next number that its sender expects: all before has arrived; behind = the sum "
                "that "
                "makes it, SYN and FIN count as one"));
    if (event->options.sack_blocks > 0)
        entry(l, "sack", VIEW_ROLE_NUMBER,
              _("what has arrived beyond a gap, from the first number to the one after the last; "
                "below the "
                "ack: what has arrived twice"));
    if (event->flags & WIRE_SYN)
        entry(l, "mss wscale", VIEW_ROLE_DIM,
              _("what the sender offers: its largest segment, its window scale, SACK, timestamps "
                "(ts)"));
    if (!(event->flags & WIRE_RST))
        entry(l, "win", VIEW_ROLE_DIM,
              event->window_scale_known || (event->flags & WIRE_SYN)
                  ? _("bytes that its sender is ready to take beyond the ack")
                  : _("the window as sent: its scale was not seen, it may count more"));
}

static void outcomes(struct legend *l, const struct track_event *event)
{
    if (view_segment_is_wrong(event))
        entry(l, l->glyphs->breaks, VIEW_ROLE_BREAKS,
              _("a number is not the one expected; a finding may say why"));
    else if (view_segment_is_right(event))
        entry(l, l->glyphs->holds, VIEW_ROLE_HOLDS, _("the arithmetic is right"));
}

static void findings(struct legend *l, const struct track_event *event)
{
    struct base_strbuf text = BASE_STRBUF_INIT;
    for (unsigned i = 0; i < TRACK_FINDINGS; i++) {
        if (!(event->findings >> i & 1))
            continue;
        const struct track_finding_entry *known = track_finding_entry((enum track_finding)i);
        base_strbuf_clear(&text);
        base_strbuf_str(&text, _(known->meaning));
        if (known->look != NULL)
            base_strbuf_printf(&text, " %s", _(known->look));
        entry(l, _(known->words), known->serious ? VIEW_ROLE_FINDING : VIEW_ROLE_REMARK,
              base_strbuf_text(&text));
    }
    base_strbuf_free(&text);
}

/* --- the sides --- */

static void states(struct legend *l, const struct track_event *event)
{
    struct base_strbuf name = BASE_STRBUF_INIT, meaning = BASE_STRBUF_INIT;
    for (unsigned side = 0; side < 2 && (side == 0 || !l->record->self_connect); side++) {
        enum track_state state = (enum track_state)event->state[side];
        base_strbuf_clear(&name);
        base_strbuf_clear(&meaning);
        base_strbuf_str(&name, track_state_name(state));
        base_strbuf_printf(&meaning, "%s: %s", end_name(l, side), view_state_meaning(state));
        if (event->certainty[side] == TRACK_INFERRED)
            base_strbuf_str(&meaning, _("; presumed, nothing has proved it yet"));
        entry(l, base_strbuf_text(&name), view_role_of_state(state), base_strbuf_text(&meaning));
    }
    base_strbuf_free(&name);
    base_strbuf_free(&meaning);
}

static void transitions(struct legend *l, const struct track_event *event)
{
    for (size_t i = 0; i < l->steps->transition_count; i++) {
        const struct track_transition *transition = &l->steps->transitions[i];
        if (transition->frame != event->frame)
            continue;
        struct base_strbuf text = BASE_STRBUF_INIT;
        base_strbuf_printf(&text, "%s: %s %s %s (%s)", end_name(l, transition->side & 1),
                           track_state_name((enum track_state)transition->from), l->glyphs->then,
                           track_state_name((enum track_state)transition->to),
                           _(track_cause_text((enum track_cause)transition->cause)));
        if (!transition->confirmed)
            base_strbuf_str(&text, _("; with ? because it is presumed"));
        entry(l, _("moves"), view_role_of_state((enum track_state)transition->to),
              base_strbuf_text(&text));
        base_strbuf_free(&text);
    }
}

static void general(struct legend *l)
{
    heading(l, _("Everywhere"));
    entry(l, l->options->ascii ? "|" : "┃", VIEW_ROLE_STATE + TRACK_ESTABLISHED,
          _("a lifeline, in the colour of its end's state; thin where there is no connection"));
    entry(l, "STATE?", VIEW_ROLE_STATE + TRACK_SYN_RECEIVED,
          _("a state begins here; with ? it is presumed, not proved"));
    entry(l, "~ 1.000 s ~", VIEW_ROLE_GAP, _("nothing happens for so long"));
    entry(l, l->glyphs->fold, VIEW_ROLE_FOLD,
          _("segments that are not drawn one by one; z unfolds"));
}

static void segment(struct legend *l, size_t item)
{
    const struct track_event *event = &l->steps->items[item].event;
    heading(l, _("The selected segment"));
    if (event->kind == TRACK_EVENT_ICMP) {
        struct base_strbuf text = BASE_STRBUF_INIT;
        view_add_icmp(&text, &event->icmp);
        entry(l, base_strbuf_text(&text), VIEW_ROLE_NOTE,
              _("no segment: the network reports that one could not be delivered"));
        base_strbuf_free(&text);
    } else {
        direction(l, event);
        manner(l, event, view_fate_is_lost(l->steps, l->record, item));
        flags(l, event);
        numbers(l, event);
        outcomes(l, event);
    }
    findings(l, event);
    transitions(l, event);
    heading(l, _("After it"));
    states(l, event);
}

void view_legend_build(struct view_scene *scene, const struct view_timeline *timeline, size_t item,
                       const struct view_legend_options *options)
{
    struct view_steps steps;
    view_scene_clear(scene);
    scene->ascii = options->ascii;
    view_steps_make(&steps, timeline);
    struct legend l = {.scene = scene,
                       .options = options,
                       .glyphs = view_glyphs(options->ascii),
                       .steps = &steps,
                       .record = view_timeline_record(timeline)};
    if (item < steps.count && steps.items[item].kind == VIEW_ITEM_EVENT) {
        segment(&l, item);
    } else if (item < steps.count) {
        heading(&l, _("The selected line"));
        entry(&l, l.glyphs->fold, VIEW_ROLE_FOLD, _("segments of which only the sums are kept"));
    }
    general(&l);
    view_steps_free(&steps);
}
