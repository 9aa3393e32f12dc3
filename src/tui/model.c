/* What the screens show: every connection's timeline, and the list of those that pass the filter,
 * sorted. */
#include "config.h"

#include "tui/model.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/xalloc.h"
#include "view/recent.h"
#include "view/segment_parts.h"

/* Segments kept whole per connection: the first and last of each, and those that move it. */
#define FIRST_SEGMENTS 200
#define LAST_SEGMENTS 200
#define NOTABLE_SEGMENTS 100
/* Over all connections: 200 MB at most; then the oldest connections lose their segments. */
#define MAX_SEGMENTS 1000000
/* Connections in the list; then the oldest that have ended are forgotten. */
#define MAX_CONNECTIONS 200000
/* Socket calls that wait for their connection's first segment; more are not shown. */
#define MAX_CALLS 4096
/* How many of the newest connections a call is looked for in. */
#define CALL_REACH 256
/* Of a list that is held, this many rows are copied. */
#define MAX_HELD_ROWS 50000

/* A segment without payload is activity, too: about its headers. */
#define HEADER_BYTES 40

struct model_entry {
    struct view_timeline *timeline; /* NULL: forgotten, or not wanted */
    struct view_timeline *frozen;   /* as it was when a replay began; NULL: as it is */
    struct view_timeline *cut;      /* what a replay shows of it; NULL: nothing yet */
    struct view_moment cut_at;
    struct track_kernel_socket *kernel; /* NULL: nothing; else of each side, UNKNOWN: nothing */
    uint32_t kept;                      /* its segments, as counted in the model's total */
    struct view_activity *activity;     /* with the timeline */
    bool marked;
};

struct tui_model {
    struct tui_options options;
    struct model_entry *entries; /* by connection number - 1 */
    size_t entry_count, entry_capacity;
    size_t segment_count;  /* kept, over all */
    size_t next_to_drop;   /* entries before this have lost their segments */
    size_t next_to_forget; /* entries before this were looked at for forgetting */
    size_t timeline_count;
    size_t marks;
    uint64_t forgotten;
    int64_t now_ns, replay_ns;
    struct view_recent recent;
    struct track_call *calls; /* owned: those of no connection yet */
    size_t call_count, call_capacity;
    const struct track_connection **rows; /* the list: records of timelines, or held copies */
    size_t row_count, row_capacity;
    struct track_connection *held_rows; /* owned copies, while held */
    struct filter *filter;              /* owned; NULL: the text is none, and all are shown */
    struct filter_error filter_error;
    struct base_strbuf filter_text;
    size_t shown_of; /* the connections that the filter was asked about */
    int64_t first_ns;
    enum view_column sort;
    int64_t refreshed_ms; /* when the list was last made, and how long that took */
    int64_t refresh_cost_ms;
    size_t frozen_count; /* connections there were when a replay began */
    bool reverse, held, replaying;
    bool changed; /* since tui_model_changed() */
    bool stale;   /* the list does not show what is known */
    bool urgent;  /* … and must be made anew at once */
};

/* --- figures --- */

uint64_t tui_connection_packets(const struct track_connection *connection)
{
    return connection->end[0].packets + connection->end[1].packets;
}

uint64_t tui_connection_bytes(const struct track_connection *connection)
{
    return connection->end[0].payload_bytes + connection->end[1].payload_bytes;
}

uint64_t tui_connection_findings(const struct track_connection *connection)
{
    uint64_t count = 0;
    for (unsigned i = 0; i < TRACK_FINDINGS; i++)
        if (view_finding_is_serious((enum track_finding)i))
            count += connection->findings[i];
    return count;
}

int64_t tui_connection_rtt(const struct track_connection *connection)
{
    if (connection->handshake_server_ns < 0 || connection->handshake_client_ns < 0)
        return -1;
    return connection->handshake_server_ns + connection->handshake_client_ns;
}

uint64_t tui_connection_throughput(const struct track_connection *connection)
{
    uint64_t client = connection->end[0].measures.throughput;
    uint64_t server = connection->end[1].measures.throughput;
    return client > server ? client : server;
}

static bool is_over(const struct track_connection *connection)
{
    return connection->end[TRACK_CLIENT].state == TRACK_CLOSED &&
           (connection->self_connect || connection->end[TRACK_SERVER].state == TRACK_CLOSED);
}

int64_t tui_connection_age(const struct tui_model *model, const struct track_connection *connection)
{
    int64_t until = is_over(connection) ? connection->end_ns : tui_model_now(model);
    return until > connection->start_ns ? until - connection->start_ns : 0;
}

/* --- what the tracker says --- */

static bool is_wanted(const struct tui_model *model, uint64_t number)
{
    for (unsigned i = 0; i < model->options.connection_count; i++)
        if (model->options.connections[i] == number)
            return true;
    return model->options.connection_count == 0;
}

/* A replay goes on with the life as it was: what borrows from it stays valid. Before any change. */
static void preserve(struct tui_model *model, struct model_entry *entry)
{
    bool seen = (size_t)(entry - model->entries) < model->frozen_count;
    if (!model->replaying || !seen || entry->frozen != NULL || entry->timeline == NULL)
        return;
    entry->frozen = entry->timeline;
    entry->timeline = view_timeline_copy(entry->frozen);
}

static void drop_segments(struct tui_model *model, struct model_entry *entry)
{
    preserve(model, entry);
    if (entry->timeline != NULL)
        view_timeline_drop_events(entry->timeline);
    model->segment_count -= entry->kept;
    entry->kept = 0;
}

static void forget(struct tui_model *model, struct model_entry *entry)
{
    model->segment_count -= entry->kept;
    model->marks -= entry->marked;
    preserve(model, entry);
    view_timeline_free(entry->timeline);
    free(entry->activity);
    free(entry->kernel);
    *entry =
        (struct model_entry){.frozen = entry->frozen, .cut = entry->cut, .cut_at = entry->cut_at};
    model->timeline_count--;
    model->forgotten++;
    if (model->held_rows != NULL)
        return;
    model->row_count = 0; /* a row may point to it */
    model->stale = model->urgent = true;
}

/* Keeps to the bounds: the oldest connections pay. */
static void keep_bounds(struct tui_model *model)
{
    while (model->segment_count > MAX_SEGMENTS && model->next_to_drop < model->entry_count)
        drop_segments(model, &model->entries[model->next_to_drop++]);
    while (model->timeline_count > MAX_CONNECTIONS && model->next_to_forget < model->entry_count) {
        struct model_entry *entry = &model->entries[model->next_to_forget++];
        if (entry->timeline != NULL && view_timeline_ended(entry->timeline))
            forget(model, entry);
    }
}

static struct model_entry *entry_of(struct tui_model *model, uint64_t number)
{
    while (model->entry_count < number) {
        if (model->entry_count == model->entry_capacity) {
            model->entry_capacity = model->entry_capacity > 0 ? 2 * model->entry_capacity : 256;
            model->entries =
                base_realloc(model->entries, model->entry_capacity, sizeof model->entries[0]);
        }
        model->entries[model->entry_count++] = (struct model_entry){0};
    }
    return &model->entries[number - 1];
}

/* The timeline of a connection that an event belongs to; made at its first one. */
static struct model_entry *entry_for_event(struct tui_model *model, uint64_t number)
{
    bool is_new = number > model->entry_count;
    struct model_entry *entry = entry_of(model, number);
    if (entry->timeline == NULL && is_new && is_wanted(model, number)) {
        const struct view_timeline_options options = {FIRST_SEGMENTS, LAST_SEGMENTS,
                                                      NOTABLE_SEGMENTS};
        entry->timeline = view_timeline_new(&options);
        entry->activity = base_calloc(1, sizeof *entry->activity);
        model->timeline_count++;
    }
    return entry->timeline != NULL ? entry : NULL;
}

/* --- socket calls, from the lab --- */

/* Hands a connection the calls that waited for it. */
static void give_calls(struct tui_model *model, struct view_timeline *timeline)
{
    size_t kept = 0;
    for (size_t i = 0; i < model->call_count; i++) {
        enum track_side side;
        if (view_call_side(&model->calls[i], view_timeline_record(timeline), &side))
            view_timeline_call(timeline, side, &model->calls[i]);
        else
            model->calls[kept++] = model->calls[i];
    }
    model->call_count = kept;
}

static void keep_call(struct tui_model *model, const struct track_call *call)
{
    if (call->local.family == 0 || model->call_count == MAX_CALLS)
        return;
    if (model->call_count == model->call_capacity) {
        model->call_capacity = model->call_capacity > 0 ? 2 * model->call_capacity : 64;
        model->calls = base_realloc(model->calls, model->call_capacity, sizeof model->calls[0]);
    }
    model->calls[model->call_count++] = *call;
}

/* The newest connection that it fits has it: ports are used again. */
static void on_call(void *context, const struct track_call *call)
{
    struct tui_model *model = context;
    size_t last = model->entry_count > CALL_REACH ? model->entry_count - CALL_REACH : 0;
    for (size_t i = model->entry_count; i-- > last;) {
        struct view_timeline *timeline = model->entries[i].timeline;
        enum track_side side;
        if (timeline == NULL || !view_call_side(call, view_timeline_record(timeline), &side))
            continue;
        preserve(model, &model->entries[i]);
        view_timeline_call(model->entries[i].timeline, side, call);
        model->changed = model->stale = true;
        return;
    }
    keep_call(model, call);
}

static void on_expect(void *context, uint64_t connection)
{
    const struct tui_model *model = context;
    if (connection == 0 || connection > model->entry_count)
        return;
    const struct model_entry *entry = &model->entries[connection - 1];
    if (entry->timeline != NULL)
        view_timeline_prefetch(entry->timeline);
}

static void on_event(void *context, const struct track_conn *conn, const struct track_event *event)
{
    struct tui_model *model = context;
    if (model->entry_count == 0)
        model->first_ns = event->time_ns;
    if (event->time_ns > model->now_ns)
        model->now_ns = event->time_ns;
    struct model_entry *entry = entry_for_event(model, event->connection);
    if (entry == NULL)
        return;
    preserve(model, entry);
    view_timeline_event(entry->timeline, conn, event);
    view_recent_add(&model->recent, event->frame, event->connection);
    if (model->call_count > 0 && event->first_of_connection)
        give_calls(model, entry->timeline);
    if (event->kind == TRACK_EVENT_SEGMENT)
        view_activity_add(entry->activity, event->time_ns, event->payload_bytes + HEADER_BYTES);
    uint32_t kept = (uint32_t)view_timeline_kept(entry->timeline);
    model->segment_count += kept - entry->kept;
    entry->kept = kept;
    model->changed = model->stale = true;
    keep_bounds(model);
}

static void on_transition(void *context, const struct track_conn *conn,
                          const struct track_transition *transition)
{
    struct tui_model *model = context;
    struct model_entry *entry = entry_of(model, track_conn_number(conn));
    if (entry->timeline == NULL)
        return;
    preserve(model, entry);
    view_timeline_transition(entry->timeline, transition);
    model->changed = model->stale = true;
}

static void on_connection(void *context, const struct track_connection *connection)
{
    struct tui_model *model = context;
    struct model_entry *entry = entry_of(model, connection->number);
    if (entry->timeline == NULL)
        return;
    preserve(model, entry);
    view_timeline_connection(entry->timeline, connection);
    model->changed = model->stale = true;
    if (model->timeline_count > MAX_CONNECTIONS && connection->number <= model->next_to_forget)
        forget(model, entry); /* was open when its turn came */
}

/* Only of what is shown: a kernel may say a connection's first state before its first segment. */
static void on_kernel(void *context, const struct track_kernel_socket *socket, uint64_t connection)
{
    struct tui_model *model = context;
    if (connection == 0 || connection > model->entry_count)
        return;
    struct model_entry *entry = &model->entries[connection - 1];
    if (entry->timeline == NULL)
        return;
    if (entry->kernel == NULL)
        entry->kernel = base_calloc(2, sizeof *entry->kernel);
    entry->kernel[socket->side] = *socket;
    preserve(model, entry);
    view_timeline_kernel(entry->timeline, socket);
    model->changed = model->stale = true;
}

static void on_passage(void *context, const struct track_passage *passage)
{
    struct tui_model *model = context;
    uint64_t number = view_recent_find(&model->recent, passage->frame);
    if (number == 0 || number > model->entry_count || model->entries[number - 1].timeline == NULL)
        return;
    preserve(model, &model->entries[number - 1]);
    view_timeline_passage(model->entries[number - 1].timeline, passage);
    model->changed = model->stale = true;
}

const struct track_observer *tui_model_observer(void)
{
    static const struct track_observer observer = {.expect = on_expect,
                                                   .event = on_event,
                                                   .transition = on_transition,
                                                   .connection = on_connection,
                                                   .call = on_call,
                                                   .kernel = on_kernel,
                                                   .passage = on_passage};
    return &observer;
}

/* --- the list --- */

static const struct view_timeline *shown_timeline(const struct tui_model *model,
                                                  const struct model_entry *entry)
{
    return model->replaying ? entry->cut : entry->timeline;
}

static int compare_numbers(uint64_t a, uint64_t b)
{
    return a < b ? -1 : a > b;
}

static int compare_endpoints(const struct wire_endpoint *a, const struct wire_endpoint *b)
{
    if (a->family != b->family)
        return compare_numbers(a->family, b->family);
    int order = memcmp(a->address, b->address, sizeof a->address);
    return order != 0 ? order : compare_numbers(a->port, b->port);
}

static uint64_t sum_of(uint32_t a, uint32_t b)
{
    return (uint64_t)a + b;
}

static uint64_t since(int64_t from_ns, int64_t to_ns)
{
    return to_ns > from_ns ? (uint64_t)to_ns - (uint64_t)from_ns : 0;
}

/* What a column of figures sorts by; what has words, by their numbers. */
static uint64_t sort_figure(const struct tui_model *model, const struct track_connection *c)
{
    const struct track_end_record *client = &c->end[0], *server = &c->end[1];
    switch (model->sort) {
    case VIEW_COLUMN_CLIENT_STATE:
        return client->state;
    case VIEW_COLUMN_SERVER_STATE:
        return server->state;
    case VIEW_COLUMN_PACKETS:
        return tui_connection_packets(c);
    case VIEW_COLUMN_BYTES:
        return tui_connection_bytes(c);
    case VIEW_COLUMN_FINDINGS:
        return tui_connection_findings(c);
    case VIEW_COLUMN_RTT:
        return (uint64_t)(tui_connection_rtt(c) + 1);
    case VIEW_COLUMN_AGE:
        return (uint64_t)tui_connection_age(model, c);
    case VIEW_COLUMN_START:
        return since(model->first_ns, c->start_ns);
    case VIEW_COLUMN_DURATION:
        return since(c->start_ns, c->end_ns);
    case VIEW_COLUMN_OPEN:
        return c->open;
    case VIEW_COLUMN_CLOSE:
        return c->close;
    case VIEW_COLUMN_CLOSED_BY:
        return c->closed_by;
    case VIEW_COLUMN_CLIENT_PACKETS:
        return client->packets;
    case VIEW_COLUMN_SERVER_PACKETS:
        return server->packets;
    case VIEW_COLUMN_CLIENT_BYTES:
        return client->payload_bytes;
    case VIEW_COLUMN_SERVER_BYTES:
        return server->payload_bytes;
    case VIEW_COLUMN_RETRANSMISSIONS:
        return sum_of(client->retransmissions, server->retransmissions);
    case VIEW_COLUMN_OUT_OF_ORDER:
        return sum_of(client->out_of_order, server->out_of_order);
    case VIEW_COLUMN_ZERO_WINDOWS:
        return sum_of(client->zero_windows, server->zero_windows);
    case VIEW_COLUMN_THROUGHPUT:
        return tui_connection_throughput(c);
    case VIEW_COLUMN_INCARNATION:
        return c->incarnation;
    case VIEW_COLUMN_NUMBER:
    case VIEW_COLUMN_CLIENT:
    case VIEW_COLUMN_SERVER:
    case VIEW_COLUMN_ACTIVITY:
    case VIEW_COLUMN_LIFE:
    case VIEW_COLUMN_HISTORY:
    case VIEW_COLUMN_CONN_STATE:
    case VIEW_COLUMN_KERNEL:
    case VIEW_COLUMN_PROCESS:
    case VIEW_COLUMNS:
        break;
    }
    return 0;
}

static int compare_by(const struct tui_model *model, const struct track_connection *a,
                      const struct track_connection *b)
{
    if (model->sort == VIEW_COLUMN_CLIENT || model->sort == VIEW_COLUMN_SERVER) {
        unsigned side = model->sort == VIEW_COLUMN_SERVER;
        return compare_endpoints(&a->end[side].endpoint, &b->end[side].endpoint);
    }
    if (model->sort == VIEW_COLUMN_HISTORY)
        return strcmp(a->zeek_history, b->zeek_history);
    if (model->sort == VIEW_COLUMN_CONN_STATE)
        return strcmp(a->zeek_conn_state, b->zeek_conn_state);
    return compare_numbers(sort_figure(model, a), sort_figure(model, b));
}

/* Rows that are equal by the column stay in the order of their numbers. */
static int compare_rows(const void *left, const void *right, void *context)
{
    const struct tui_model *model = context;
    const struct track_connection *a = *(const struct track_connection *const *)left;
    const struct track_connection *b = *(const struct track_connection *const *)right;
    int order = compare_by(model, a, b);
    if (order == 0)
        order = compare_numbers(a->number, b->number);
    return model->reverse ? -order : order;
}

static bool passes(const struct tui_model *model, const struct track_connection *record)
{
    const struct filter_subject subject = {
        .connection = record,
        .names = {view_alias_find(&model->options.aliases, &record->end[0].endpoint),
                  view_alias_find(&model->options.aliases, &record->end[1].endpoint)},
        .now_ns = tui_model_now(model),
        .first_ns = model->first_ns,
        .marked = tui_model_is_marked(model, record->number),
    };
    return model->filter == NULL || filter_matches(model->filter, &subject);
}

static void collect_rows(struct tui_model *model)
{
    if (model->row_capacity < model->entry_count) {
        model->row_capacity = model->entry_capacity;
        model->rows = base_realloc((void *)model->rows, model->row_capacity, sizeof model->rows[0]);
    }
    model->row_count = model->shown_of = 0;
    for (size_t i = 0; i < model->entry_count; i++) {
        const struct view_timeline *shown = shown_timeline(model, &model->entries[i]);
        if (shown == NULL)
            continue;
        const struct track_connection *record = view_timeline_record(shown);
        model->shown_of++;
        if (passes(model, record))
            model->rows[model->row_count++] = record;
    }
}

static void hold_rows(struct tui_model *model)
{
    if (model->row_count > MAX_HELD_ROWS)
        return;
    model->held_rows = base_calloc(model->row_count + 1, sizeof model->held_rows[0]);
    for (size_t i = 0; i < model->row_count; i++) {
        model->held_rows[i] = *model->rows[i];
        model->rows[i] = &model->held_rows[i];
    }
}

void tui_model_refresh(struct tui_model *model, int64_t now_ms)
{
    bool soon = now_ms - model->refreshed_ms < 8 * model->refresh_cost_ms;
    if (!model->urgent && (!model->stale || model->held || soon))
        return;
    struct timespec begin, end;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    free(model->held_rows);
    model->held_rows = NULL;
    collect_rows(model);
    if (model->sort != VIEW_COLUMN_NUMBER || model->reverse)
        qsort_r((void *)model->rows, model->row_count, sizeof model->rows[0], compare_rows, model);
    if (model->held)
        hold_rows(model);
    clock_gettime(CLOCK_MONOTONIC, &end);
    model->refresh_cost_ms =
        (end.tv_sec - begin.tv_sec) * 1000 + (end.tv_nsec - begin.tv_nsec) / 1000000;
    model->refreshed_ms = now_ms;
    model->stale = model->urgent = false;
}

void tui_model_settle(struct tui_model *model)
{
    if (model->urgent)
        tui_model_refresh(model, model->refreshed_ms);
}

/* --- public --- */

struct tui_model *tui_model_new(const struct tui_options *options)
{
    struct tui_model *model = base_calloc(1, sizeof *model);
    model->options = *options;
    model->now_ns = INT64_MIN;
    return model;
}

void tui_model_free(struct tui_model *model)
{
    if (model == NULL)
        return;
    for (size_t i = 0; i < model->entry_count; i++) {
        view_timeline_free(model->entries[i].cut);
        view_timeline_free(model->entries[i].frozen);
        view_timeline_free(model->entries[i].timeline);
        free(model->entries[i].kernel);
        free(model->entries[i].activity);
    }
    free(model->entries);
    free((void *)model->rows);
    free(model->held_rows);
    free(model->calls);
    filter_free(model->filter);
    base_strbuf_free(&model->filter_text);
    free(model);
}

bool tui_model_changed(struct tui_model *model)
{
    bool changed = model->changed;
    model->changed = false;
    return changed;
}

void tui_model_set_now(struct tui_model *model, int64_t now_ns)
{
    if (now_ns <= model->now_ns)
        return;
    model->now_ns = now_ns;
    if (model->filter != NULL && filter_is_set(model->filter))
        model->stale = true; /* it may ask for the age */
}

void tui_model_hold(struct tui_model *model, bool held)
{
    model->held = held;
    model->stale = model->urgent = true;
}

void tui_model_set_sort(struct tui_model *model, enum view_column sort, bool reverse)
{
    model->sort = sort;
    model->reverse = reverse;
    model->stale = model->urgent = true;
}

enum view_column tui_model_sort(const struct tui_model *model)
{
    return model->sort;
}

bool tui_model_is_reversed(const struct tui_model *model)
{
    return model->reverse;
}

void tui_model_set_filter(struct tui_model *model, const char *text)
{
    base_strbuf_clear(&model->filter_text);
    base_strbuf_str(&model->filter_text, text);
    filter_free(model->filter);
    model->filter = filter_new(text, &model->filter_error);
    model->stale = model->urgent = true;
}

const struct filter_error *tui_model_filter_error(const struct tui_model *model)
{
    return model->filter == NULL && model->filter_text.length > 0 ? &model->filter_error : NULL;
}

size_t tui_model_unfiltered(const struct tui_model *model)
{
    return model->shown_of;
}

const char *tui_model_filter(const struct tui_model *model)
{
    return base_strbuf_text(&model->filter_text);
}

size_t tui_model_count(const struct tui_model *model)
{
    return model->row_count;
}

const struct track_connection *tui_model_at(const struct tui_model *model, size_t index)
{
    return index < model->row_count ? model->rows[index] : NULL;
}

size_t tui_model_find(const struct tui_model *model, uint64_t number)
{
    for (size_t i = 0; i < model->row_count; i++)
        if (model->rows[i]->number == number)
            return i;
    return SIZE_MAX;
}

const struct view_timeline *tui_model_timeline(const struct tui_model *model, uint64_t number)
{
    if (number == 0 || number > model->entry_count)
        return NULL;
    return shown_timeline(model, &model->entries[number - 1]);
}

uint64_t tui_model_numbers(const struct tui_model *model)
{
    return model->replaying ? model->frozen_count : model->entry_count;
}

const struct view_timeline *tui_model_whole(const struct tui_model *model, uint64_t number)
{
    if (number == 0 || number > tui_model_numbers(model))
        return NULL;
    const struct model_entry *entry = &model->entries[number - 1];
    return entry->frozen != NULL ? entry->frozen : entry->timeline;
}

const struct track_kernel_socket *tui_model_kernel(const struct tui_model *model, uint64_t number,
                                                   enum track_side side)
{
    if (model->replaying || number == 0 || number > model->entry_count)
        return NULL;
    const struct track_kernel_socket *ends = model->entries[number - 1].kernel;
    return ends != NULL && ends[side].state != TRACK_UNKNOWN ? &ends[side] : NULL;
}

static void drop_cuts(struct tui_model *model)
{
    for (size_t i = 0; i < model->entry_count; i++) {
        view_timeline_free(model->entries[i].cut);
        model->entries[i].cut = NULL;
    }
    model->row_count = 0; /* a row may point to one */
    model->stale = model->urgent = true;
}

static void thaw(struct tui_model *model)
{
    for (size_t i = 0; i < model->entry_count; i++) {
        view_timeline_free(model->entries[i].frozen);
        model->entries[i].frozen = NULL;
    }
    model->frozen_count = 0;
}

void tui_model_start_replay(struct tui_model *model)
{
    drop_cuts(model);
    thaw(model);
    model->frozen_count = model->entry_count;
    model->replaying = true;
}

void tui_model_end_replay(struct tui_model *model)
{
    drop_cuts(model);
    thaw(model);
    model->replaying = false;
}

void tui_model_cut(struct tui_model *model, uint64_t number, struct view_moment moment)
{
    const struct view_timeline *whole = tui_model_whole(model, number);
    if (whole == NULL)
        return;
    struct model_entry *entry = &model->entries[number - 1];
    bool same = entry->cut_at.frame == moment.frame && entry->cut_at.time_ns == moment.time_ns;
    if (same && entry->cut != NULL)
        return;
    view_timeline_free(entry->cut);
    entry->cut = view_cut(whole, moment, model->options.time_wait_ns);
    entry->cut_at = moment;
    model->row_count = 0;
    model->stale = model->urgent = true;
}

void tui_model_set_replay_clock(struct tui_model *model, int64_t now_ns)
{
    model->replay_ns = now_ns;
}

uint64_t tui_model_forgotten(const struct tui_model *model)
{
    return model->forgotten;
}

const struct view_activity *tui_model_activity(const struct tui_model *model, uint64_t number)
{
    return number > 0 && number <= model->entry_count ? model->entries[number - 1].activity : NULL;
}

int64_t tui_model_now(const struct tui_model *model)
{
    return model->replaying ? model->replay_ns : model->now_ns;
}

int64_t tui_model_start(const struct tui_model *model)
{
    return model->first_ns;
}

void tui_model_mark(struct tui_model *model, uint64_t number, bool marked)
{
    if (number == 0 || number > model->entry_count)
        return;
    struct model_entry *entry = &model->entries[number - 1];
    if (entry->timeline == NULL || entry->marked == marked)
        return;
    entry->marked = marked;
    model->marks += marked ? 1 : (size_t)-1;
    model->stale = true; /* the filter may ask for it */
}

bool tui_model_is_marked(const struct tui_model *model, uint64_t number)
{
    return number > 0 && number <= model->entry_count && model->entries[number - 1].marked;
}

size_t tui_model_marks(const struct tui_model *model)
{
    return model->marks;
}
