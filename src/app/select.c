/* Finds the connections that a display filter matches by reading the files. */
#include "config.h"

#include "app/select.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "app/feed.h"
#include "app/stop.h"
#include "base/xalloc.h"
#include "filter/filter.h"

#define PACKETS_PER_TURN 4096

struct selection {
    const struct app_options *options;
    struct filter *filter;
    uint64_t *numbers; /* owned until app_select() gives it away */
    size_t count, capacity;
    int64_t first_ns, now_ns;
    bool begun;
};

static void on_event(void *context, const struct track_conn *conn, const struct track_event *event)
{
    struct selection *selection = context;
    (void)conn;
    if (!selection->begun)
        selection->first_ns = selection->now_ns = event->time_ns;
    selection->begun = true;
    if (event->time_ns > selection->now_ns)
        selection->now_ns = event->time_ns;
}

static bool is_asked_for(const struct app_options *options, uint64_t number)
{
    for (unsigned i = 0; i < options->connection_count; i++)
        if (options->connections[i] == number)
            return true;
    return options->connection_count == 0;
}

static void on_connection(void *context, const struct track_connection *connection)
{
    struct selection *selection = context;
    const struct filter_subject subject = {
        .connection = connection, .now_ns = selection->now_ns, .first_ns = selection->first_ns};
    if (!is_asked_for(selection->options, connection->number) ||
        !filter_matches(selection->filter, &subject))
        return;
    if (selection->count == selection->capacity) {
        selection->capacity = 2 * selection->capacity;
        selection->numbers =
            base_realloc(selection->numbers, selection->capacity, sizeof selection->numbers[0]);
    }
    selection->numbers[selection->count++] = connection->number;
}

/* A pipe can be read once only. */
bool app_select_can(const struct app_options *options)
{
    for (size_t i = 0; i < options->file_count; i++) {
        struct stat status;
        if (strcmp(options->files[i], "-") == 0 ||
            (stat(options->files[i], &status) == 0 && !S_ISREG(status.st_mode) &&
             !S_ISDIR(status.st_mode)))
            return false;
    }
    return options->file_count > 0;
}

static bool read_all(struct selection *selection, const struct app_feed *feed,
                     struct base_strbuf *error)
{
    static const struct track_observer observer = {.event = on_event, .connection = on_connection};
    struct app_feed *again = app_feed_again(feed, error);
    if (again == NULL)
        return false;
    enum capture_status status = CAPTURE_MORE;
    app_feed_observe(again, &observer, selection);
    while (status != CAPTURE_END && status != CAPTURE_ERROR && !app_stop_wanted())
        status = app_feed_read(again, PACKETS_PER_TURN);
    app_feed_finish(again);
    app_feed_close(again);
    return true;
}

static int compare(const void *left, const void *right)
{
    const uint64_t *a = left, *b = right;
    return *a < *b ? -1 : *a > *b;
}

bool app_select(const struct app_feed *feed, const struct app_options *options, uint64_t **numbers,
                unsigned *count, struct base_strbuf *error)
{
    struct filter_error wrong; /* there is none: the command line was checked */
    struct selection selection = {.options = options, .capacity = 64};
    selection.filter = filter_new(options->display_filter, &wrong);
    selection.numbers = base_calloc(selection.capacity, sizeof selection.numbers[0]);
    bool read = read_all(&selection, feed, error);
    filter_free(selection.filter);
    if (!read) {
        free(selection.numbers);
        return false;
    }
    qsort(selection.numbers, selection.count, sizeof selection.numbers[0], compare);
    *numbers = selection.numbers;
    *count = selection.count > 0 ? (unsigned)selection.count : 1;
    return true;
}
