/* A list that scrolls. */
#include "config.h"

#include "tui/screen.h"

static size_t back(size_t from, size_t by)
{
    return from > by ? from - by : 0;
}

static size_t forth(const struct tui_scroll *scroll, size_t by)
{
    size_t left = scroll->count > 0 ? scroll->count - 1 - scroll->selected : 0;
    return scroll->selected + (by < left ? by : left);
}

bool tui_action_moves(enum tui_action action)
{
    return action >= TUI_ACTION_UP && action <= TUI_ACTION_LAST;
}

bool tui_scroll_act(struct tui_scroll *scroll, enum tui_action action)
{
    size_t page = scroll->page > 1 ? scroll->page - 1 : 1;
    if (action == TUI_ACTION_UP)
        scroll->selected = back(scroll->selected, 1);
    else if (action == TUI_ACTION_DOWN)
        scroll->selected = forth(scroll, 1);
    else if (action == TUI_ACTION_PAGE_UP)
        scroll->selected = back(scroll->selected, page);
    else if (action == TUI_ACTION_PAGE_DOWN)
        scroll->selected = forth(scroll, page);
    else if (action == TUI_ACTION_FIRST)
        scroll->selected = 0;
    else if (action == TUI_ACTION_LAST)
        scroll->selected = back(scroll->count, 1);
    else
        return false;
    return true;
}

void tui_scroll_fit(struct tui_scroll *scroll, size_t count, size_t page)
{
    scroll->count = count;
    scroll->page = page;
    if (scroll->selected >= count)
        scroll->selected = back(count, 1);
    if (scroll->top > scroll->selected)
        scroll->top = scroll->selected;
    if (page > 0 && scroll->selected >= scroll->top + page)
        scroll->top = scroll->selected - page + 1;
    if (scroll->top + page > count)
        scroll->top = back(count, page);
}
