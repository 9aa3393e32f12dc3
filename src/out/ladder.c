/* The ladder sink: each connection as a text timeline once its record is final, then closing lines.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/intl.h"
#include "base/strbuf.h"
#include "base/utf8.h"
#include "base/xalloc.h"
#include "out/closing.h"
#include "out/lives.h"

#define DEFAULT_WIDTH 100
#define MAX_WIDTH 300
struct ladder_sink {
    struct out_lives lives; /* first */
    struct view_scene scene;
    struct base_strbuf line;
    bool any; /* a connection was printed: the next one is set apart */
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
    [VIEW_ROLE_ARROW_LOST] = "31",
    [VIEW_ROLE_ARROW_REPEATED] = "33",
    [VIEW_ROLE_ARROW_OUT_OF_ORDER] = "35",
    [VIEW_ROLE_ARROW_IGNORED] = "2",
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
        if (ladder->lives.options.color)
            add_colored_row(&grid, 0, ladder->lives.options.ascii, &ladder->line);
        else
            view_grid_add_row(&grid, 0, ladder->lives.options.ascii, &ladder->line);
        base_strbuf_char(&ladder->line, '\n');
        fwrite(ladder->line.text, 1, ladder->line.length, ladder->lives.stream);
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

static void take(struct out_lives *lives, const struct view_timeline *timeline)
{
    struct ladder_sink *ladder = (struct ladder_sink *)lives;
    struct view_ladder_options options = out_lives_ladder(lives, width_of(&lives->options));
    options.slant = true;
    view_ladder_build(&ladder->scene, timeline, &options);
    if (ladder->any)
        fputc('\n', lives->stream);
    ladder->any = true;
    print_scene(ladder, options.width);
}

/* "server: bind(t, 1234) = -1 EADDRINUSE": what failed and has no connection to stand in. */
static void print_other_calls(const struct out_lives *lives)
{
    bool any = false;
    for (size_t i = 0; i < lives->call_count; i++) {
        const struct track_call *call = &lives->calls[i];
        if (call->error == 0)
            continue;
        if (!any)
            fprintf(lives->stream, "%s\n", _("calls that failed outside of a connection:"));
        any = true;
        fprintf(lives->stream, "  %s: %s = %s\n", call->host, call->text, call->outcome);
    }
    if (any)
        fputc('\n', lives->stream);
}

static void finish(struct out_sink *sink, const struct out_capture *capture)
{
    struct ladder_sink *ladder = (struct ladder_sink *)sink;
    if (ladder->any)
        fputc('\n', ladder->lives.stream);
    print_other_calls(&ladder->lives);
    base_strbuf_clear(&ladder->line);
    out_add_closing(&ladder->line, capture);
    fputs(base_strbuf_text(&ladder->line), ladder->lives.stream);
}

static void ladder_free(struct out_sink *sink)
{
    struct ladder_sink *ladder = (struct ladder_sink *)sink;
    out_lives_release(&ladder->lives);
    view_scene_free(&ladder->scene);
    base_strbuf_free(&ladder->line);
    free(ladder);
}

struct out_sink *out_ladder_new(FILE *stream, const struct out_options *options)
{
    struct ladder_sink *ladder = base_calloc(1, sizeof *ladder);
    out_lives_init(&ladder->lives, stream, options, take);
    ladder->lives.sink.finish = finish;
    ladder->lives.sink.free = ladder_free;
    return &ladder->lives.sink;
}
