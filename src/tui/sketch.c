/* A connection's life so far in one line. */
#include "config.h"

#include "tui/sketch.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "view/charwidth.h"
#include "wire/segment.h"

/* Only the beginning and the end of a long life are looked at. */
#define LOOK_FIRST 16
#define LOOK_LAST 32
#define MAX_WORDS (LOOK_FIRST + LOOK_LAST + 1)

/* A word of the sketch: flags with their direction, or a run of plain segments. */
struct sketch_word {
    uint16_t flags; /* 0: a run */
    uint8_t sender;
    uint32_t times;
};

struct sketch {
    struct sketch_word words[MAX_WORDS];
    size_t count;
};

static bool is_plain(const struct track_event *event)
{
    return (event->flags & (WIRE_SYN | WIRE_FIN | WIRE_RST)) == 0;
}

static void add_run(struct sketch *sketch)
{
    if (sketch->count > 0 && sketch->words[sketch->count - 1].flags == 0)
        return;
    sketch->words[sketch->count++] = (struct sketch_word){.times = 1};
}

static void add_event(struct sketch *sketch, const struct track_event *event)
{
    struct sketch_word *last = sketch->count > 0 ? &sketch->words[sketch->count - 1] : NULL;
    uint16_t flags = event->flags & (WIRE_SYN | WIRE_FIN | WIRE_RST | WIRE_ACK);
    if ((flags & (WIRE_FIN | WIRE_RST)) != 0)
        flags &= (uint16_t)~WIRE_ACK; /* goes without saying */
    /* an ACK says something after a SYN or a FIN, else it is one of many */
    bool tells = !is_plain(event) || (last != NULL && last->flags != 0 && last->flags != WIRE_ACK &&
                                      event->payload_bytes == 0);
    if (!tells || flags == 0) {
        add_run(sketch);
        return;
    }
    if (last != NULL && last->flags == flags && last->sender == event->sender) {
        last->times++;
        return;
    }
    sketch->words[sketch->count++] =
        (struct sketch_word){.flags = flags, .sender = event->sender, .times = 1};
}

static void collect(struct sketch *sketch, const struct view_timeline *timeline)
{
    size_t count = view_timeline_count(timeline);
    for (size_t i = 0; i < count; i++) {
        struct view_item item;
        if (i == LOOK_FIRST && count > LOOK_FIRST + LOOK_LAST) {
            add_run(sketch);
            i = count - LOOK_LAST;
        }
        view_timeline_item(timeline, i, &item);
        if (item.kind == VIEW_ITEM_FOLD)
            add_run(sketch);
        else if (item.event.kind == TRACK_EVENT_SEGMENT)
            add_event(sketch, &item.event);
    }
}

static void write_word(const struct sketch_word *word, bool ascii, char *text, size_t size)
{
    static const struct {
        uint16_t flag;
        const char *name;
    } flags[] = {{WIRE_SYN, "SYN"}, {WIRE_FIN, "FIN"}, {WIRE_RST, "RST"}, {WIRE_ACK, "ACK"}};
    if (word->flags == 0) {
        snprintf(text, size, "%s", ascii ? ".." : "⋯");
        return;
    }
    bool client = word->sender == TRACK_CLIENT;
    int length = snprintf(text, size, "%s", ascii ? client ? ">" : "<" : client ? "→" : "←");
    const char *comma = "";
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        if ((word->flags & flags[i].flag) == 0)
            continue;
        length += snprintf(text + length, size - (size_t)length, "%s%s", comma, flags[i].name);
        comma = ",";
    }
    if (word->times > 1)
        snprintf(text + length, size - (size_t)length, "%s%u", ascii ? "x" : "×",
                 (unsigned)word->times);
}

static size_t total_width(const struct sketch *sketch, bool ascii)
{
    size_t width = 0;
    for (size_t i = 0; i < sketch->count; i++) {
        char text[48];
        write_word(&sketch->words[i], ascii, text, sizeof text);
        width += view_text_width(text, strlen(text)) + (i > 0);
    }
    return width;
}

/* The middle word goes, and leaves a run behind; both ends stay as long as they can. */
static void shorten(struct sketch *sketch)
{
    size_t run = 0;
    while (run < sketch->count && sketch->words[run].flags != 0)
        run++;
    if (run == sketch->count) {
        sketch->words[sketch->count / 2] = (struct sketch_word){.times = 1};
        return;
    }
    size_t before = run, after = sketch->count - run - 1;
    size_t gone = before > after ? run - 1 : run + 1;
    memmove(sketch->words + gone, sketch->words + gone + 1,
            (sketch->count - gone - 1) * sizeof sketch->words[0]);
    sketch->count--;
}

void tui_sketch_add(struct base_strbuf *out, const struct view_timeline *timeline, size_t width,
                    bool ascii)
{
    struct sketch sketch = {.count = 0};
    collect(&sketch, timeline);
    while (sketch.count > 1 && total_width(&sketch, ascii) > width)
        shorten(&sketch);
    for (size_t i = 0; i < sketch.count; i++) {
        char text[48];
        write_word(&sketch.words[i], ascii, text, sizeof text);
        base_strbuf_printf(out, "%s%s", i > 0 ? " " : "", text);
    }
}
