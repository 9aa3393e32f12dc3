/* The settings that can be changed while it runs: they hold at once, and can be saved. */
#include "config.h"

#include <string.h>

#include "app/settings.h"
#include "base/intl.h"
#include "tui/screen.h"
#include "tui/style.h"
#include "tui/terminal.h"

enum setting { SET_THEME, SET_TIMES, SET_NUMBERS, SET_ADDRESSES, SET_SORT, SET_COLUMNS, SETTINGS };

/* By enum setting: the names of the settings file, and for people. */
static const struct {
    const char *name, *words;
} settings[] = {
    [SET_THEME] = {"theme", N_("Colours")},
    [SET_TIMES] = {"times", N_("Times of the timeline")},
    [SET_NUMBERS] = {"absolute-sequence-numbers", N_("Sequence numbers")},
    [SET_ADDRESSES] = {"addresses", N_("Endpoints")},
    [SET_SORT] = {"sort", N_("Sorted by")},
    [SET_COLUMNS] = {"columns", N_("Columns")},
};

/* --- values --- */

/* As the settings file says it. */
static void add_value(const struct tui_options *options, enum setting setting,
                      struct base_strbuf *out)
{
    switch (setting) {
    case SET_THEME:
        base_strbuf_str(out, app_theme_name(options->theme));
        break;
    case SET_TIMES:
        base_strbuf_str(out, app_times_name(options->times));
        break;
    case SET_NUMBERS:
        base_strbuf_str(out, options->absolute ? "yes" : "no");
        break;
    case SET_ADDRESSES:
        base_strbuf_str(out, options->addresses ? "yes" : "no");
        break;
    case SET_SORT:
        view_column_print_sort(options->sort, options->sort_reversed, out);
        break;
    case SET_COLUMNS:
        view_columns_print(&options->columns, out);
        break;
    case SETTINGS:
        break;
    }
}

/* As they are now. */
static struct tui_options current(const struct tui *tui)
{
    struct tui_options now = tui->options;
    now.times = (unsigned)tui->timeline.times;
    now.sort = tui_model_sort(tui->model);
    now.sort_reversed = tui_model_is_reversed(tui->model);
    now.columns = tui->connections.columns;
    return now;
}

static bool is_changed(const struct tui *tui, enum setting setting)
{
    struct base_strbuf now = BASE_STRBUF_INIT, said = BASE_STRBUF_INIT;
    const struct tui_options options = current(tui);
    add_value(&options, setting, &now);
    add_value(&tui->said, setting, &said);
    bool changed = strcmp(base_strbuf_text(&now), base_strbuf_text(&said)) != 0;
    base_strbuf_free(&now);
    base_strbuf_free(&said);
    return changed;
}

static const char *words_of_value(const struct tui_options *options, enum setting setting)
{
    if (setting == SET_NUMBERS)
        return options->absolute ? _("as on the wire") : _("relative");
    if (setting == SET_ADDRESSES)
        return options->addresses ? _("addresses") : _("aliases, where there are any");
    return NULL;
}

/* --- the picture --- */

static void draw_line(struct tui *tui, struct tui_area area, size_t y, enum setting setting)
{
    const struct tui_options options = current(tui);
    bool ascii = tui->options.ascii;
    struct base_strbuf text = BASE_STRBUF_INIT;
    if (is_changed(tui, setting))
        tui_paint_text(&tui->grid, area.x, y, 1, "*", TUI_ROLE_BAR_KEY, ascii);
    tui_paint_text(&tui->grid, area.x + 2, y, 22, _(settings[setting].words), VIEW_ROLE_PLAIN,
                   ascii);
    const char *words = words_of_value(&options, setting);
    if (words != NULL)
        base_strbuf_str(&text, words);
    else
        add_value(&options, setting, &text);
    size_t x = area.x + 25, width = area.width > 26 ? area.width - 26 : 0;
    tui_paint_text(&tui->grid, x, y, width, base_strbuf_text(&text), VIEW_ROLE_TITLE, ascii);
    base_strbuf_free(&text);
}

static void settings_draw(struct tui *tui, struct tui_area area)
{
    struct tui_scroll *scroll = &tui->settings.scroll;
    bool ascii = tui->options.ascii;
    tui_paint_text(&tui->grid, area.x + 2, area.y, area.width - 2, _("Settings"), VIEW_ROLE_TITLE,
                   ascii);
    tui_scroll_fit(scroll, SETTINGS, SETTINGS);
    for (unsigned i = 0; i < SETTINGS; i++) {
        draw_line(tui, area, area.y + 2 + i, (enum setting)i);
        if (i == scroll->selected)
            tui_paint_select(&tui->grid, area.x, area.y + 2 + i, area.width);
    }
    tui_paint_text(&tui->grid, area.x + 2, area.y + area.height - 1, area.width - 2,
                   _("* was changed; s saves it in the settings file"), VIEW_ROLE_DIM, ascii);
}

/* --- changes --- */

static void change_sort(struct tui *tui, bool back)
{
    enum view_column sort = tui_model_sort(tui->model);
    do
        sort =
            (enum view_column)(((unsigned)sort + (back ? VIEW_COLUMNS - 1u : 1u)) % VIEW_COLUMNS);
    while (view_column_entry(sort)->unsorted);
    tui_model_set_sort(tui->model, sort, view_column_entry(sort)->falling);
}

static void change_theme(struct tui *tui, bool back)
{
    tui->options.theme = (tui->options.theme + (back ? TUI_THEMES - 1u : 1u)) % TUI_THEMES;
    tui_style_set_theme((enum tui_theme)tui->options.theme);
    tui->timeline.stale = true;
    tui_style_init(tui->options.color);
    tui_terminal_redraw();
}

static void change_times(struct tui *tui, bool back)
{
    unsigned count = 0;
    while (app_times_name(count) != NULL)
        count++;
    tui->timeline.times =
        (enum view_times)(((unsigned)tui->timeline.times + (back ? count - 1 : 1)) % count);
}

static void change(struct tui *tui, enum setting setting, bool back)
{
    switch (setting) {
    case SET_THEME:
        change_theme(tui, back);
        break;
    case SET_TIMES:
        change_times(tui, back);
        break;
    case SET_NUMBERS:
        tui->options.absolute = !tui->options.absolute;
        break;
    case SET_ADDRESSES:
        tui->options.addresses = !tui->options.addresses;
        break;
    case SET_SORT:
        change_sort(tui, back);
        break;
    case SET_COLUMNS:
        tui->below_columns = &tui_screen_settings;
        tui_show(tui, &tui_screen_columns);
        break;
    case SETTINGS:
        break;
    }
    tui->timeline.stale = true;
}

static void save(struct tui *tui)
{
    struct app_setting changed[SETTINGS];
    struct base_strbuf values[SETTINGS] = {BASE_STRBUF_INIT}, error = BASE_STRBUF_INIT;
    const struct tui_options now = current(tui);
    size_t count = 0;
    for (unsigned i = 0; i < SETTINGS; i++) {
        if (!is_changed(tui, (enum setting)i))
            continue;
        add_value(&now, (enum setting)i, &values[i]);
        changed[count++] = (struct app_setting){settings[i].name, base_strbuf_text(&values[i])};
    }
    if (count == 0) {
        tui_say(tui, "%s", _("Nothing was changed."));
    } else if (app_settings_save(changed, count, &error)) {
        tui->said = now;
        tui_say(tui, "%s", _("Saved in the settings file."));
    } else {
        tui_warn(tui, base_strbuf_text(&error));
    }
    for (unsigned i = 0; i < SETTINGS; i++)
        base_strbuf_free(&values[i]);
    base_strbuf_free(&error);
}

static bool settings_act(struct tui *tui, enum tui_action action)
{
    struct tui_scroll *scroll = &tui->settings.scroll;
    if (tui_scroll_act(scroll, action))
        return true;
    if (action == TUI_ACTION_CHOICE || action == TUI_ACTION_CHOICE_BACK)
        change(tui, (enum setting)scroll->selected, action == TUI_ACTION_CHOICE_BACK);
    else if (action == TUI_ACTION_COLUMNS)
        change(tui, SET_COLUMNS, false);
    else if (action == TUI_ACTION_SAVE_SETTINGS)
        save(tui);
    else if (action == TUI_ACTION_BACK)
        tui_show(tui, tui->settings.below);
    else
        return false;
    return true;
}

static void settings_enter(struct tui *tui)
{
    tui->settings.scroll.count = SETTINGS;
}

static void settings_click(struct tui *tui, size_t x, size_t y)
{
    struct tui_scroll *scroll = &tui->settings.scroll;
    (void)x;
    if (y < 3 || y - 3 >= SETTINGS)
        return;
    if (scroll->selected == y - 3)
        change(tui, (enum setting)scroll->selected, false);
    else
        scroll->selected = y - 3;
}

const struct tui_screen tui_screen_settings = {
    .bit = TUI_IN_SETTINGS,
    .enter = settings_enter,
    .draw = settings_draw,
    .act = settings_act,
    .click = settings_click,
};
