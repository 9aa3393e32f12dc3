/* Two lives side by side: where do they first differ? Their steps are told by kind, runs of plain
 * data are one step, and steps of the same kind are set beside each other (the longest common
 * subsequence). */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/intl.h"
#include "base/xalloc.h"
#include "view/glyphs.h"
#include "view/lanes.h"
#include "view/segment_parts.h"
#include "view/steps.h"
#include "view/words.h"

/* The table of the comparison grows with the square of this; later steps are not compared. */
#define MAX_TOKENS 600

/* A step told by its kind: those with the same key are alike. */
struct token {
    uint64_t key;
    size_t step, steps; /* of the life */
};

struct life {
    const struct view_timeline *timeline;
    const struct track_connection *record;
    struct view_steps steps;
    struct token *tokens; /* owned */
    size_t count;
    int64_t first_ns, last_ns;
    bool timed;
};

struct comparing {
    struct view_lanes *lanes;
    const struct view_lanes_options *options;
    struct life life[2];
    size_t pairs;      /* so far, for the summary */
    bool said;         /* the first difference is in the summary */
    bool between;      /* a pair was alike */
    struct token last; /* the last that was alike, of the first life */
};

/* --- tokens --- */

enum { KEY_DATA = 1, KEY_SEGMENT = 2, KEY_ICMP = 3 };

static uint64_t states_at(const struct view_steps *steps, size_t step)
{
    uint64_t moves = 0;
    for (size_t i = 0; i < steps->transition_count; i++)
        if (steps->anchors[i].step == step && !steps->anchors[i].own_row)
            moves = moves << 5 | (uint64_t)(steps->transitions[i].side & 1) << 4 |
                    steps->transitions[i].to;
    return moves & 0xffffff;
}

/* The findings that make a step another one: those that ask for attention, and no more than 24. */
static uint64_t notable(track_finding_set findings)
{
    uint64_t mixed = 0;
    for (unsigned i = 0; i < TRACK_FINDINGS; i++)
        if ((findings >> i & 1) && view_finding_is_serious((enum track_finding)i))
            mixed = mixed * 61 + i + 1;
    return mixed & 0xffff;
}

static uint64_t key_of(const struct view_steps *steps, size_t step)
{
    const struct track_event *event = &steps->items[step].event;
    if (event->kind != TRACK_EVENT_SEGMENT)
        return KEY_ICMP | (uint64_t)event->icmp.type << 8 | (uint64_t)event->icmp.code << 16 |
               states_at(steps, step) << 40;
    uint64_t flags = event->flags & (WIRE_SYN | WIRE_FIN | WIRE_RST | WIRE_ACK);
    return KEY_SEGMENT | (uint64_t)(event->sender & 1) << 4 |
           (uint64_t)(event->payload_bytes > 0) << 5 | flags << 8 | notable(event->findings) << 20 |
           states_at(steps, step) << 40;
}

static bool is_quiet(const struct view_steps *steps, size_t step)
{
    return view_step_is_plain(steps, step) && (steps->items[step].kind == VIEW_ITEM_FOLD ||
                                               notable(steps->items[step].event.findings) == 0);
}

/* A run of plain segments, by who sends data in it. */
static struct token run_token(const struct view_steps *steps, size_t step)
{
    struct token token = {.key = KEY_DATA, .step = step};
    for (; step < steps->count && is_quiet(steps, step); step++, token.steps++) {
        const struct view_item *item = &steps->items[step];
        if (item->kind == VIEW_ITEM_EVENT && item->event.payload_bytes > 0)
            token.key |= (uint64_t)1 << (4 + (item->event.sender & 1));
    }
    return token;
}

static void make_tokens(struct life *life)
{
    const struct view_steps *steps = &life->steps;
    life->tokens = base_calloc(steps->count, sizeof life->tokens[0]);
    for (size_t step = 0; step < steps->count && life->count < MAX_TOKENS;) {
        struct token token = {.step = step, .steps = 1};
        if (is_quiet(steps, step))
            token = run_token(steps, step);
        else
            token.key = key_of(steps, step);
        life->tokens[life->count++] = token;
        step += token.steps;
    }
}

/* --- words --- */

static const char *end_name(const struct life *life, unsigned side)
{
    return life->record->self_connect ? _("the socket")
           : side == TRACK_CLIENT     ? _("the client")
                                      : _("the server");
}

/* "; the client goes to FIN_WAIT_2, TIME_WAIT" */
static void add_moves(struct base_strbuf *out, const struct life *life, size_t step)
{
    for (unsigned side = 0; side < 2; side++) {
        bool begun = false;
        for (size_t i = 0; i < life->steps.transition_count; i++) {
            const struct track_transition *transition = &life->steps.transitions[i];
            if (life->steps.anchors[i].step != step || life->steps.anchors[i].own_row ||
                transition->side != side)
                continue;
            if (begun)
                base_strbuf_str(out, ", ");
            else
                base_strbuf_printf(out, _("; %s goes to "), end_name(life, side));
            base_strbuf_str(out, track_state_name((enum track_state)transition->to));
            begun = true;
        }
    }
}

static void add_event_words(struct base_strbuf *out, const struct life *life, size_t step)
{
    const struct track_event *event = &life->steps.items[step].event;
    if (event->kind != TRACK_EVENT_SEGMENT) {
        view_add_icmp(out, &event->icmp);
    } else {
        struct base_strbuf flags = BASE_STRBUF_INIT;
        view_add_flags(&flags, event->flags & ~(unsigned)WIRE_PSH, ' ');
        base_strbuf_printf(out, _("%s sends %s"), end_name(life, event->sender & 1),
                           base_strbuf_text(&flags));
        base_strbuf_free(&flags);
        if (event->payload_bytes > 0)
            base_strbuf_printf(out, P_(" with %lu byte", " with %lu bytes", event->payload_bytes),
                               (unsigned long)event->payload_bytes);
    }
    base_strbuf_printf(out, _(" (frame %llu"), (unsigned long long)event->frame);
    for (unsigned i = 0; i < TRACK_FINDINGS; i++)
        if ((event->findings >> i & 1) && view_finding_is_serious((enum track_finding)i))
            base_strbuf_printf(out, ", %s", _(view_finding_words((enum track_finding)i)));
    base_strbuf_char(out, ')');
}

static void add_token_words(struct base_strbuf *out, const struct life *life,
                            const struct token *token, bool moves)
{
    if (token == NULL) {
        base_strbuf_str(out, _("nothing of the kind happens"));
        return;
    }
    if ((token->key & 0xf) != KEY_DATA) {
        add_event_words(out, life, token->step);
        if (moves)
            add_moves(out, life, token->step);
        return;
    }
    struct view_fold fold = {0};
    for (size_t i = 0; i < token->steps; i++)
        view_fold_add(&fold, &life->steps.items[token->step + i]);
    unsigned who = (unsigned)(token->key >> 4 & 3);
    if (who == 0)
        base_strbuf_str(out, _("ACKs without data follow"));
    else
        base_strbuf_printf(out, who == 3   ? _("both ends send data, ")
                                : who == 1 ? _("only the client sends data, ")
                                           : _("only the server sends data, "));
    if (who != 0)
        view_add_bytes(out, fold.unique_bytes);
}

/* "They first differ after …: in #1 …; in #2 …." */
static void say_difference(struct comparing *c, const struct token *const pair[2])
{
    struct base_strbuf *out = &c->lanes->summary;
    c->said = true;
    if (c->between) {
        base_strbuf_str(out, _("Alike until "));
        add_token_words(out, &c->life[0], &c->last, false);
        base_strbuf_str(out, _(". Then they differ: "));
    } else {
        base_strbuf_str(out, _("They differ from the beginning: "));
    }
    for (unsigned i = 0; i < 2; i++) {
        base_strbuf_printf(out, _("%sin #%llu "), i > 0 ? "; " : "",
                           (unsigned long long)c->life[i].record->number);
        add_token_words(out, &c->life[i], pair[i], true);
    }
    base_strbuf_char(out, '.');
}

static void say_outcome(struct comparing *c)
{
    struct base_strbuf *out = &c->lanes->summary;
    const struct track_connection *a = c->life[0].record, *b = c->life[1].record;
    if (!c->said)
        base_strbuf_str(out, _("The two lives go through the same steps."));
    if (a->open != b->open)
        base_strbuf_printf(out, _(" Opened: %s, %s."), view_open_words((enum track_open)a->open),
                           view_open_words((enum track_open)b->open));
    if (a->close != b->close)
        base_strbuf_printf(out, _(" Closed: %s, %s."), view_close_words((enum track_close)a->close),
                           view_close_words((enum track_close)b->close));
    for (unsigned side = 0; side < 2; side++)
        if (a->end[side].state != b->end[side].state)
            base_strbuf_printf(out, _(" %s ends in %s, in %s."),
                               side == 0 ? _("The client") : _("The server"),
                               track_state_name((enum track_state)a->end[side].state),
                               track_state_name((enum track_state)b->end[side].state));
}

/* --- lines --- */

static void set_time(struct comparing *c, struct view_lanes_line *line, unsigned lane,
                     int64_t time_ns)
{
    struct life *life = &c->life[lane];
    struct base_strbuf text = BASE_STRBUF_INIT;
    view_add_row_time(&text, &(struct view_row_time){.time_ns = time_ns,
                                                     .first_ns = life->first_ns,
                                                     .last_ns = life->last_ns,
                                                     .first = !life->timed,
                                                     .times = c->options->times,
                                                     .ascii = c->options->ascii});
    line->time[lane] = view_scene_keep(&c->lanes->scene, base_strbuf_text(&text), text.length);
    base_strbuf_free(&text);
    if (!life->timed)
        life->first_ns = time_ns;
    life->last_ns = time_ns;
    life->timed = true;
}

static void add_token(struct comparing *c, struct view_lanes_line *line, unsigned lane,
                      const struct token *token)
{
    const struct life *life = &c->life[lane];
    const struct view_item *item = &life->steps.items[token->step];
    line->lane = (uint8_t)lane;
    line->item[lane] = token->step;
    if (token->steps == 1 && item->kind == VIEW_ITEM_EVENT) {
        line->frame[lane] = item->event.frame;
        set_time(c, line, lane, item->event.time_ns);
        view_lanes_add_event(c->lanes, &life->steps, life->record, token->step,
                             c->options->absolute);
        return;
    }
    struct view_fold fold = {0};
    for (size_t i = 0; i < token->steps; i++)
        view_fold_add(&fold, &life->steps.items[token->step + i]);
    set_time(c, line, lane, fold.end_ns);
    view_lanes_add_fold(c->lanes, &fold);
}

/* The states that a step brings to one life, in lines from first on. */
static void add_lane_labels(struct comparing *c, size_t first, unsigned lane,
                            const struct token *token, bool differs)
{
    const struct view_steps *steps = &c->life[lane].steps;
    size_t at = first;
    for (size_t i = 0; i < steps->transition_count; i++) {
        size_t step = steps->anchors[i].step;
        if (steps->anchors[i].own_row || step < token->step || step >= token->step + token->steps)
            continue;
        if (at == c->lanes->count)
            view_lanes_add(c->lanes, lane)->differs = differs;
        c->lanes->lines[first - 1].cell[lane].state[steps->transitions[i].side & 1] =
            steps->transitions[i].to; /* from its arrow on */
        if (!view_lanes_add_label(c->lanes, at, lane, &steps->transitions[i])) {
            if (++at == c->lanes->count)
                view_lanes_add(c->lanes, lane)->differs = differs;
            view_lanes_add_label(c->lanes, at, lane, &steps->transitions[i]);
        }
    }
    /* lines that the other life has more: the states go on */
    for (size_t i = at + 1; i < c->lanes->count; i++)
        memcpy(c->lanes->lines[i].cell[lane].state, c->lanes->lines[at].cell[lane].state,
               sizeof c->lanes->lines[i].cell[lane].state);
}

static void add_labels(struct comparing *c, const struct token *const pair[2], bool differs)
{
    size_t first = c->lanes->count;
    for (unsigned lane = 0; lane < 2; lane++)
        if (pair[lane] != NULL)
            add_lane_labels(c, first, lane, pair[lane], differs);
}

static void add_pair(struct comparing *c, const struct token *first, const struct token *second)
{
    const struct token *const pair[2] = {first, second};
    bool differs = first == NULL || second == NULL || first->key != second->key;
    struct view_lanes_line *line = view_lanes_add(c->lanes, first != NULL ? 0 : 1);
    line->differs = differs;
    for (unsigned lane = 0; lane < 2; lane++)
        if (pair[lane] != NULL)
            add_token(c, line, lane, pair[lane]);
    if (differs && !c->said) {
        c->lanes->first_difference = c->lanes->count - 1;
        say_difference(c, pair);
    } else if (!differs) {
        c->between = true;
        c->last = *first;
    }
    add_labels(c, pair, differs);
}

/* Steps between two that are alike: beside each other as they come. */
static void add_unlike(struct comparing *c, size_t a, size_t a_end, size_t b, size_t b_end)
{
    while (a < a_end || b < b_end) {
        const struct token *first = a < a_end ? &c->life[0].tokens[a++] : NULL;
        const struct token *second = b < b_end ? &c->life[1].tokens[b++] : NULL;
        add_pair(c, first, second);
    }
}

/* --- alignment --- */

/* table[i][j]: how many steps the lives from i and j on have in common. */
static uint16_t *common(const struct life *a, const struct life *b)
{
    size_t width = b->count + 1;
    uint16_t *table = base_calloc((a->count + 1) * width, sizeof table[0]);
    for (size_t i = a->count; i-- > 0;) {
        for (size_t j = b->count; j-- > 0;) {
            uint16_t skip_a = table[(i + 1) * width + j], skip_b = table[i * width + j + 1];
            table[i * width + j] = skip_a > skip_b ? skip_a : skip_b;
            if (a->tokens[i].key == b->tokens[j].key)
                table[i * width + j] = (uint16_t)(table[(i + 1) * width + j + 1] + 1);
        }
    }
    return table;
}

static void align(struct comparing *c)
{
    const struct life *a = &c->life[0], *b = &c->life[1];
    size_t width = b->count + 1, i = 0, j = 0, from_i = 0, from_j = 0;
    uint16_t *table = common(a, b);
    while (i < a->count && j < b->count) {
        if (a->tokens[i].key == b->tokens[j].key) {
            add_unlike(c, from_i, i, from_j, j);
            add_pair(c, &a->tokens[i++], &b->tokens[j++]);
            from_i = i;
            from_j = j;
        } else if (table[(i + 1) * width + j] >= table[i * width + j + 1]) {
            i++;
        } else {
            j++;
        }
    }
    add_unlike(c, from_i, a->count, from_j, b->count);
    free(table);
}

void view_compare_build(struct view_lanes *lanes, const struct view_timeline *first,
                        const struct view_timeline *second,
                        const struct view_lanes_options *options)
{
    const struct view_timeline *const timelines[2] = {first, second};
    struct comparing c = {.lanes = lanes, .options = options};
    view_lanes_clear(lanes);
    lanes->scene.ascii = options->ascii;
    lanes->compared = true;
    lanes->lane_count = 2;
    for (unsigned i = 0; i < 2; i++) {
        c.life[i].timeline = timelines[i];
        c.life[i].record = view_timeline_record(timelines[i]);
        lanes->number[i] = c.life[i].record->number;
        view_steps_make(&c.life[i].steps, timelines[i]);
        make_tokens(&c.life[i]);
    }
    view_lanes_add_heads(lanes, timelines);
    struct view_lanes_line *line = view_lanes_add(lanes, 0);
    for (unsigned i = 0; i < 2; i++)
        memcpy(line->cell[i].state, c.life[i].steps.initial, sizeof line->cell[i].state);
    align(&c);
    say_outcome(&c);
    for (unsigned i = 0; i < 2; i++) {
        view_steps_free(&c.life[i].steps);
        free(c.life[i].tokens);
    }
}
