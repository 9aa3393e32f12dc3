/* tui: in every theme each state can be read and told from the others. */
#include "config.h"

#include "support.h"

#include <math.h>

#include "tui/style.h"

/* A channel of an xterm colour, 0 to 1. */
static double channel(short color, unsigned shift)
{
    static const unsigned steps[] = {0, 95, 135, 175, 215, 255};
    unsigned value =
        color >= 232 ? 8 + 10 * (unsigned)(color - 232) : steps[(unsigned)(color - 16) / shift % 6];
    return value / 255.0;
}

static double linear(double value)
{
    return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4);
}

/* Relative luminance as WCAG 2 defines it. */
static double luminance(short color)
{
    return 0.2126 * linear(channel(color, 36)) + 0.7152 * linear(channel(color, 6)) +
           0.0722 * linear(channel(color, 1));
}

static double contrast(double a, double b)
{
    return a > b ? (a + 0.05) / (b + 0.05) : (b + 0.05) / (a + 0.05);
}

static void check_theme(enum tui_theme theme, double ground, double least)
{
    for (unsigned role = 0; role < TUI_ROLES; role++) {
        short color = tui_style_color(theme, (uint8_t)role);
        if (color < 0)
            continue;
        assert_true(color >= 16 && color < 256);
        double seen = contrast(luminance(color), ground);
        if (seen < least)
            fail_msg("theme %u, role %u, colour %d: contrast %.2f", (unsigned)theme, role, color,
                     seen);
    }
}

static void colors_can_be_read(void **state)
{
    (void)state;
    check_theme(TUI_THEME_DARK, 0.0, 4.5);
    check_theme(TUI_THEME_LIGHT, 1.0, 4.5);
    check_theme(TUI_THEME_PROJECTOR, 1.0, 4.5);
    check_theme(TUI_THEME_DEFAULT, 0.0, 2.5);
    check_theme(TUI_THEME_DEFAULT, 1.0, 1.5);
}

static void states_differ(void **state)
{
    (void)state;
    for (unsigned theme = 0; theme < TUI_THEMES; theme++)
        for (unsigned a = TRACK_CLOSED; a < TRACK_STATES; a++)
            for (unsigned b = a + 1; b < TRACK_STATES; b++) {
                short left = tui_style_color((enum tui_theme)theme, (uint8_t)(VIEW_ROLE_STATE + a));
                short right =
                    tui_style_color((enum tui_theme)theme, (uint8_t)(VIEW_ROLE_STATE + b));
                if (left == right)
                    fail_msg("theme %u: states %u and %u look the same", theme, a, b);
            }
}

/* Green and red of the same lightness are one to many eyes. */
static void right_and_wrong_differ_in_lightness(void **state)
{
    (void)state;
    double right = luminance(tui_style_color(TUI_THEME_COLOR_BLIND, VIEW_ROLE_HOLDS));
    double wrong = luminance(tui_style_color(TUI_THEME_COLOR_BLIND, VIEW_ROLE_BREAKS));
    assert_true(contrast(right, wrong) > 1.3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(colors_can_be_read),
        cmocka_unit_test(states_differ),
        cmocka_unit_test(right_and_wrong_differ_in_lightness),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
