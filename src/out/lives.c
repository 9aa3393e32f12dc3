/* What the formats that draw have in common: the lives of open connections. */
#include "config.h"

#include "out/lives.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "out/select.h"

/* Segments kept whole at each end of a connection, and notable ones between them. */
#define KEPT_AT_AN_END 64
/* Socket calls that wait for their connection to end; more are not shown. */
#define MAX_CALLS 4096

static bool is_wanted(const struct out_lives *lives, uint64_t number)
{
    if (lives->options.connections != NULL)
        return out_selected(&lives->options, number);
    return lives->last == 0 || number <= lives->last;
}

static struct view_timeline *timeline_of(struct out_lives *lives, uint64_t number)
{
    struct view_timeline *timeline = base_u64map_get(&lives->timelines, number);
    if (timeline != NULL)
        return timeline;
    const struct view_timeline_options options = {
        .first = KEPT_AT_AN_END, .last = KEPT_AT_AN_END, .between = KEPT_AT_AN_END};
    timeline = view_timeline_new(&options);
    base_u64map_put(&lives->timelines, number, timeline);
    return timeline;
}

static void on_event(void *context, const struct track_conn *conn, const struct track_event *event)
{
    (void)conn; /* only what is final is shown */
    struct out_lives *lives = context;
    if (event->time_ns > lives->now_ns)
        lives->now_ns = event->time_ns;
    if (is_wanted(lives, event->connection))
        view_timeline_event(timeline_of(lives, event->connection), NULL, event);
    view_recent_add(&lives->recent, event->frame, event->connection);
}

static void on_passage(void *context, const struct track_passage *passage)
{
    struct out_lives *lives = context;
    uint64_t number = view_recent_find(&lives->recent, passage->frame);
    struct view_timeline *timeline = base_u64map_get(&lives->timelines, number);
    if (number != 0 && timeline != NULL)
        view_timeline_passage(timeline, passage);
}

static void on_transition(void *context, const struct track_conn *conn,
                          const struct track_transition *transition)
{
    struct out_lives *lives = context;
    uint64_t number = track_conn_number(conn);
    if (is_wanted(lives, number))
        view_timeline_transition(timeline_of(lives, number), transition);
}

/* --- socket calls, from the lab --- */

static void on_call(void *context, const struct track_call *call)
{
    struct out_lives *lives = context;
    /* what failed before its socket had an address belongs to no connection, and says why */
    if ((call->local.family == 0 && call->error == 0) || lives->call_count == MAX_CALLS)
        return;
    if (lives->call_count == lives->call_capacity) {
        lives->call_capacity = lives->call_capacity > 0 ? 2 * lives->call_capacity : 64;
        lives->calls = base_realloc(lives->calls, lives->call_capacity, sizeof lives->calls[0]);
    }
    lives->calls[lives->call_count++] = *call;
}

/* Hands a connection its calls, and forgets them. */
static void give_calls(struct out_lives *lives, struct view_timeline *timeline,
                       const struct track_connection *connection)
{
    size_t kept = 0;
    for (size_t i = 0; i < lives->call_count; i++) {
        const struct track_call *call = &lives->calls[i];
        enum track_side side;
        if (view_call_side(call, connection, &side))
            view_timeline_call(timeline, side, call);
        else
            lives->calls[kept++] = *call;
    }
    lives->call_count = kept;
}

/* Of what has begun: a kernel may say a connection's first state before its first segment. */
static void on_kernel(void *context, const struct track_kernel_socket *socket, uint64_t connection)
{
    struct out_lives *lives = context;
    struct view_timeline *timeline = base_u64map_get(&lives->timelines, connection);
    if (socket->changes != 0 && timeline != NULL)
        view_timeline_kernel(timeline, socket);
}

static void on_connection(void *context, const struct track_connection *connection)
{
    struct out_lives *lives = context;
    if (!is_wanted(lives, connection->number))
        return;
    struct view_timeline *timeline = timeline_of(lives, connection->number);
    view_timeline_connection(timeline, connection);
    give_calls(lives, timeline, connection);
    lives->take(lives, timeline);
    base_u64map_remove(&lives->timelines, connection->number);
    view_timeline_free(timeline);
}

void out_lives_init(struct out_lives *lives, FILE *stream, const struct out_options *options,
                    void (*take)(struct out_lives *lives, const struct view_timeline *timeline))
{
    lives->sink.observer.event = on_event;
    lives->sink.observer.transition = on_transition;
    lives->sink.observer.connection = on_connection;
    lives->sink.observer.call = on_call;
    lives->sink.observer.kernel = on_kernel;
    lives->sink.observer.passage = on_passage;
    lives->options = *options;
    lives->stream = stream;
    lives->take = take;
}

void out_lives_release(struct out_lives *lives)
{
    struct view_timeline *timeline;
    for (size_t at = 0; (timeline = base_u64map_next(&lives->timelines, &at)) != NULL;)
        view_timeline_free(timeline);
    base_u64map_free(&lives->timelines);
    free(lives->calls);
}

struct view_ladder_options out_lives_ladder(const struct out_lives *lives, size_t width)
{
    return (struct view_ladder_options){.ascii = lives->options.ascii,
                                        .absolute = lives->options.absolute,
                                        .title = true,
                                        .width = width,
                                        .fold_over = OUT_FOLD_OVER,
                                        .time_wait_ns = lives->options.time_wait_ns,
                                        .explain = lives->options.explain,
                                        .now_ns = lives->now_ns};
}

/* --- pages --- */

/* Where a number belongs among the pages. */
static size_t place_of(const struct out_pages *pages, uint64_t number)
{
    size_t at = pages->count;
    while (at > 0 && pages->page[at - 1].number > number)
        at--;
    return at;
}

static void drop_last(struct out_pages *pages)
{
    base_strbuf_free(&pages->page[--pages->count].text);
    pages->more = true;
}

static void take_page(struct out_lives *lives, const struct view_timeline *timeline)
{
    struct out_pages *pages = (struct out_pages *)lives;
    uint64_t number = view_timeline_record(timeline)->number;
    size_t at = place_of(pages, number);
    if (at == pages->max) {
        pages->more = true;
        return;
    }
    if (pages->count == pages->max)
        drop_last(pages);
    if (pages->count == pages->capacity) {
        pages->capacity = pages->capacity > 0 ? 2 * pages->capacity : 8;
        pages->page = base_realloc(pages->page, pages->capacity, sizeof pages->page[0]);
    }
    memmove(&pages->page[at + 1], &pages->page[at], (pages->count - at) * sizeof pages->page[0]);
    pages->page[at] = (struct out_page){.number = number};
    pages->count++;
    pages->page[at].height = pages->draw(pages, timeline, &pages->page[at].text);
}

static void pages_free(struct out_sink *sink)
{
    struct out_pages *pages = (struct out_pages *)sink;
    for (size_t i = 0; i < pages->count; i++)
        base_strbuf_free(&pages->page[i].text);
    free(pages->page);
    out_lives_release(&pages->lives);
    free(pages);
}

struct out_sink *
out_pages_new(FILE *stream, const struct out_options *options, size_t max,
              size_t (*draw)(struct out_pages *pages, const struct view_timeline *timeline,
                             struct base_strbuf *text),
              void (*finish)(struct out_sink *sink, const struct out_capture *capture))
{
    struct out_pages *pages = base_calloc(1, sizeof *pages);
    out_lives_init(&pages->lives, stream, options, take_page);
    pages->lives.last = max;
    pages->lives.sink.finish = finish;
    pages->lives.sink.free = pages_free;
    pages->max = max;
    pages->draw = draw;
    return &pages->lives.sink;
}

uint64_t out_pages_left_out(const struct out_pages *pages, const struct out_capture *capture)
{
    if (pages->lives.options.connections != NULL)
        return pages->more ? 1 : 0;
    return capture->connections > pages->count ? capture->connections - pages->count : 0;
}
