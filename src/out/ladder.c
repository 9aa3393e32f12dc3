/* The ladder sink: each connection as a text timeline once its record is final, then closing lines.
 *
 * Keeps the first and last segments of every open connection (view/timeline.h) and nothing of ended
 * ones. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "base/u64map.h"
#include "base/utf8.h"
#include "base/xalloc.h"
#include "out/closing.h"
#include "out/select.h"
#include "out/sink.h"
#include "view/ladder.h"

#define DEFAULT_WIDTH 100
#define MAX_WIDTH 300
/* Segments kept whole at each end of a connection, and notable ones between them. */
#define KEPT_AT_AN_END 64
/* Runs of plain segments longer than this are folded. */
#define FOLD_OVER 12
/* Socket calls that wait for their connection to end; more are not shown. */
#define MAX_CALLS 4096

struct ladder_sink {
    struct out_sink sink; /* first: the observer's context is cast to this struct */
    struct out_options options;
    FILE *stream;
    struct base_u64map timelines; /* of open connections, owned */
    struct track_call *calls;     /* owned: those that belong to no ended connection yet */
    size_t call_count, call_capacity;
    struct view_scene scene;
    struct base_strbuf line;
    int64_t now_ns; /* of the newest event */
    bool any;       /* a connection was printed: the next one is set apart */
};

/* What stands between ESC [ and m for each role: the terminal's own sixteen colours. */
static const char *const sgr[VIEW_ROLES] = {
    [VIEW_ROLE_PLAIN] = "",
    [VIEW_ROLE_DIM] = "2",
    [VIEW_ROLE_TITLE] = "1",
    [VIEW_ROLE_ENDPOINT] = "1",
    [VIEW_ROLE_TIME] = "2",
    [VIEW_ROLE_RULE] = "2",
    [VIEW_ROLE_SECTION] = "1",
    [VIEW_ROLE_ARROW] = "",
    [VIEW_ROLE_ARROW_RESET] = "31",
    [VIEW_ROLE_FLAGS] = "1",
    [VIEW_ROLE_FLAGS_RESET] = "1;31",
    [VIEW_ROLE_NUMBER] = "",
    [VIEW_ROLE_HOLDS] = "32",
    [VIEW_ROLE_BREAKS] = "1;31",
    [VIEW_ROLE_FINDING] = "33",
    [VIEW_ROLE_REMARK] = "2",
    [VIEW_ROLE_FOLD] = "36",
    [VIEW_ROLE_GAP] = "2",
    [VIEW_ROLE_NOTE] = "36",
    [VIEW_ROLE_CLIENT] = "1;34",
    [VIEW_ROLE_SERVER] = "1;33",
    [VIEW_ROLE_BOTH] = "1",
    [VIEW_ROLE_STATE + TRACK_UNKNOWN] = "2",
    [VIEW_ROLE_STATE + TRACK_CLOSED] = "2",
    [VIEW_ROLE_STATE + TRACK_LISTEN] = "2",
    [VIEW_ROLE_STATE + TRACK_SYN_SENT] = "33",
    [VIEW_ROLE_STATE + TRACK_SYN_RECEIVED] = "93",
    [VIEW_ROLE_STATE + TRACK_ESTABLISHED] = "32",
    [VIEW_ROLE_STATE + TRACK_FIN_WAIT_1] = "36",
    [VIEW_ROLE_STATE + TRACK_FIN_WAIT_2] = "96",
    [VIEW_ROLE_STATE + TRACK_CLOSE_WAIT] = "35",
    [VIEW_ROLE_STATE + TRACK_CLOSING] = "95",
    [VIEW_ROLE_STATE + TRACK_LAST_ACK] = "94",
    [VIEW_ROLE_STATE + TRACK_TIME_WAIT] = "34",
};

static struct view_timeline *timeline_of(struct ladder_sink *ladder, uint64_t number)
{
    struct view_timeline *timeline = base_u64map_get(&ladder->timelines, number);
    if (timeline != NULL)
        return timeline;
    const struct view_timeline_options options = {
        .first = KEPT_AT_AN_END, .last = KEPT_AT_AN_END, .between = KEPT_AT_AN_END};
    timeline = view_timeline_new(&options);
    base_u64map_put(&ladder->timelines, number, timeline);
    return timeline;
}

static void on_event(void *context, const struct track_conn *conn, const struct track_event *event)
{
    (void)conn; /* only what is final is shown */
    struct ladder_sink *ladder = context;
    if (event->time_ns > ladder->now_ns)
        ladder->now_ns = event->time_ns;
    if (out_selected(&ladder->options, event->connection))
        view_timeline_event(timeline_of(ladder, event->connection), NULL, event);
}

static void on_transition(void *context, const struct track_conn *conn,
                          const struct track_transition *transition)
{
    struct ladder_sink *ladder = context;
    uint64_t number = track_conn_number(conn);
    if (out_selected(&ladder->options, number))
        view_timeline_transition(timeline_of(ladder, number), transition);
}

/* Row y with a colour for each stretch of cells of one look. */
static void add_colored_row(const struct view_grid *grid, size_t y, bool ascii,
                            struct base_strbuf *out)
{
    const char *look = "";
    size_t used = view_grid_used(grid, y);
    for (size_t x = 0; x < used; x++) {
        const struct view_cell *cell = view_grid_cell(grid, x, y);
        char bytes[BASE_UTF8_MAX];
        if (cell->code_point == 0)
            continue;
        if (cell->code_point != ' ' && strcmp(sgr[cell->role], look) != 0) {
            look = sgr[cell->role];
            base_strbuf_printf(out, "\033[0%s%sm", look[0] != '\0' ? ";" : "", look);
        }
        uint32_t shown = ascii && cell->code_point >= 0x80 ? '?' : cell->code_point;
        base_strbuf_add(out, bytes, base_utf8_encode(shown, bytes));
    }
    if (look[0] != '\0')
        base_strbuf_str(out, "\033[0m");
}

static void print_scene(struct ladder_sink *ladder, size_t width)
{
    struct view_grid grid;
    view_grid_init(&grid, width, 1);
    for (size_t row = 0; row < ladder->scene.row_count; row++) {
        view_grid_clear(&grid);
        view_ladder_draw(&ladder->scene, row, &grid, 0);
        base_strbuf_clear(&ladder->line);
        if (ladder->options.color)
            add_colored_row(&grid, 0, ladder->options.ascii, &ladder->line);
        else
            view_grid_add_row(&grid, 0, ladder->options.ascii, &ladder->line);
        base_strbuf_char(&ladder->line, '\n');
        fwrite(ladder->line.text, 1, ladder->line.length, ladder->stream);
    }
    view_grid_free(&grid);
}

static size_t width_of(const struct out_options *options)
{
    size_t width = options->width > 0 ? options->width : DEFAULT_WIDTH;
    if (width < VIEW_LADDER_MIN_WIDTH)
        return VIEW_LADDER_MIN_WIDTH;
    return width < MAX_WIDTH ? width : MAX_WIDTH;
}

/* --- socket calls, from the lab --- */

static void on_call(void *context, const struct track_call *call)
{
    struct ladder_sink *ladder = context;
    if (call->local.family == 0 || ladder->call_count == MAX_CALLS)
        return;
    if (ladder->call_count == ladder->call_capacity) {
        ladder->call_capacity = ladder->call_capacity > 0 ? 2 * ladder->call_capacity : 64;
        ladder->calls = base_realloc(ladder->calls, ladder->call_capacity, sizeof ladder->calls[0]);
    }
    ladder->calls[ladder->call_count++] = *call;
}

/* Whether a call is of this end of the connection: by both addresses, or by the port alone where
 * its socket has no peer, as a listener has none. */
static bool is_call_of(const struct track_call *call, const struct wire_endpoint *end,
                       const struct wire_endpoint *peer)
{
    if (call->remote.family == 0)
        return call->local.port == end->port;
    return memcmp(&call->local, end, sizeof *end) == 0 &&
           memcmp(&call->remote, peer, sizeof *peer) == 0;
}

/* Hands a connection its calls, and forgets them. */
static void give_calls(struct ladder_sink *ladder, struct view_timeline *timeline,
                       const struct track_connection *connection)
{
    size_t kept = 0;
    for (size_t i = 0; i < ladder->call_count; i++) {
        const struct track_call *call = &ladder->calls[i];
        unsigned side = 0;
        while (side < 2 && !is_call_of(call, &connection->end[side].endpoint,
                                       &connection->end[1 - side].endpoint))
            side++;
        if (side < 2)
            view_timeline_call(timeline, (enum track_side)side, call);
        else
            ladder->calls[kept++] = *call;
    }
    ladder->call_count = kept;
}

static void on_connection(void *context, const struct track_connection *connection)
{
    struct ladder_sink *ladder = context;
    if (!out_selected(&ladder->options, connection->number))
        return;
    struct view_timeline *timeline = timeline_of(ladder, connection->number);
    view_timeline_connection(timeline, connection);
    give_calls(ladder, timeline, connection);
    const struct view_ladder_options options = {.ascii = ladder->options.ascii,
                                                .absolute = ladder->options.absolute,
                                                .title = true,
                                                .width = width_of(&ladder->options),
                                                .fold_over = FOLD_OVER,
                                                .time_wait_ns = ladder->options.time_wait_ns,
                                                .explain = ladder->options.explain,
                                                .now_ns = ladder->now_ns};
    view_ladder_build(&ladder->scene, timeline, &options);
    if (ladder->any)
        fputc('\n', ladder->stream);
    ladder->any = true;
    print_scene(ladder, options.width);
    base_u64map_remove(&ladder->timelines, connection->number);
    view_timeline_free(timeline);
}

static void finish(struct out_sink *sink, const struct out_capture *capture)
{
    struct ladder_sink *ladder = (struct ladder_sink *)sink;
    if (ladder->any)
        fputc('\n', ladder->stream);
    base_strbuf_clear(&ladder->line);
    out_add_closing(&ladder->line, capture);
    fputs(base_strbuf_text(&ladder->line), ladder->stream);
}

static void ladder_free(struct out_sink *sink)
{
    struct ladder_sink *ladder = (struct ladder_sink *)sink;
    struct view_timeline *timeline;
    for (size_t at = 0; (timeline = base_u64map_next(&ladder->timelines, &at)) != NULL;)
        view_timeline_free(timeline);
    base_u64map_free(&ladder->timelines);
    free(ladder->calls);
    view_scene_free(&ladder->scene);
    base_strbuf_free(&ladder->line);
    free(ladder);
}

struct out_sink *out_ladder_new(FILE *stream, const struct out_options *options)
{
    struct ladder_sink *ladder = base_calloc(1, sizeof *ladder);
    ladder->sink.observer.event = on_event;
    ladder->sink.observer.transition = on_transition;
    ladder->sink.observer.connection = on_connection;
    ladder->sink.observer.call = on_call;
    ladder->sink.finish = finish;
    ladder->sink.free = ladder_free;
    ladder->options = *options;
    ladder->stream = stream;
    return &ladder->sink;
}
