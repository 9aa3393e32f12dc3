/* The colours of drawings: a style sheet. Plain rules for each class, without variables, so that
 * viewers other than browsers know them too. */
#include "config.h"

#include <string.h>

#include "out/picture.h"
#include "track/state.h"

/* Colours of a palette, each as "#rrggbb". */
struct palette {
    const char *ground, *text, *dim, *line, *rule, *band, *halo;
    const char *holds, *breaks, *finding, *reset, *fold, *note, *client, *server;
    const char *fill[TRACK_STATES];  /* ribbons */
    const char *state[TRACK_STATES]; /* names */
};

static const struct palette light = {
    .ground = "#ffffff",
    .text = "#1b1f24",
    .dim = "#5f6b76",
    .line = "#48525c",
    .rule = "#c9d1d9",
    .band = "#f3f6f9",
    .halo = "#ffffff",
    .holds = "#1d7a43",
    .breaks = "#c02032",
    .finding = "#9a5b00",
    .reset = "#c02032",
    .fold = "#0b6f83",
    .note = "#0b6f83",
    .client = "#1f5fc4",
    .server = "#b35309",
    .fill = {"#aeb7c0", "#aeb7c0", "#aeb7c0", "#e8a317", "#d4b90f", "#2ea363", "#1598b3", "#56bdd0",
             "#b550a2", "#d8507f", "#7563d8", "#3b78d8"},
    .state = {"#5f6b76", "#5f6b76", "#5f6b76", "#8f5b00", "#756300", "#1d7a43", "#0b6f83",
              "#16697a", "#96378a", "#b02a63", "#5747c4", "#2459b0"},
};

static const struct palette dark = {
    .ground = "#0f141a",
    .text = "#e6edf3",
    .dim = "#9aa7b4",
    .line = "#b4bfca",
    .rule = "#333d48",
    .band = "#18202a",
    .halo = "#0f141a",
    .holds = "#56d987",
    .breaks = "#ff7b86",
    .finding = "#f0b04a",
    .reset = "#ff7b86",
    .fold = "#4cc9e0",
    .note = "#4cc9e0",
    .client = "#79aaff",
    .server = "#f5a35c",
    .fill = {"#5d6873", "#5d6873", "#5d6873", "#f0b04a", "#e8d44d", "#3fbf74", "#2fb6d0", "#8fe0ee",
             "#d67bc8", "#ff8fb4", "#9d8fff", "#5d95f5"},
    .state = {"#9aa7b4", "#9aa7b4", "#9aa7b4", "#f0b04a", "#e8d44d", "#56d987", "#4cc9e0",
              "#8fe0ee", "#e08bd3", "#ff8fb4", "#b0a4ff", "#79aaff"},
};

/* Told apart without red and green: the tones of Okabe and Ito, darker where they are words. */
static const struct palette color_blind = {
    .ground = "#ffffff",
    .text = "#1b1f24",
    .dim = "#5f6b76",
    .line = "#48525c",
    .rule = "#c9d1d9",
    .band = "#f3f6f9",
    .halo = "#ffffff",
    .holds = "#005a8d",
    .breaks = "#a84300",
    .finding = "#7a5c00",
    .reset = "#a84300",
    .fold = "#005a8d",
    .note = "#005a8d",
    .client = "#005a8d",
    .server = "#a84300",
    .fill = {"#aeb7c0", "#aeb7c0", "#aeb7c0", "#e69f00", "#f0e442", "#0072b2", "#56b4e9", "#9fd3f2",
             "#cc79a7", "#e5b8d0", "#d55e00", "#009e73"},
    .state = {"#5f6b76", "#5f6b76", "#5f6b76", "#7d5700", "#6b6400", "#005a8d", "#1c6a98",
              "#1c6a98", "#93486f", "#93486f", "#a84300", "#00704f"},
};

static const struct palette mono = {
    .ground = "#ffffff",
    .text = "#000000",
    .dim = "#4d4d4d",
    .line = "#262626",
    .rule = "#bfbfbf",
    .band = "#f2f2f2",
    .halo = "#ffffff",
    .holds = "#000000",
    .breaks = "#000000",
    .finding = "#000000",
    .reset = "#000000",
    .fold = "#333333",
    .note = "#333333",
    .client = "#000000",
    .server = "#666666",
    .fill = {"#cccccc", "#cccccc", "#cccccc", "#999999", "#808080", "#333333", "#737373", "#999999",
             "#8c8c8c", "#737373", "#666666", "#a6a6a6"},
    .state = {"#4d4d4d", "#4d4d4d", "#4d4d4d", "#000000", "#000000", "#000000", "#000000",
              "#000000", "#000000", "#000000", "#000000", "#000000"},
};

/* Strong tones for a pale beam. */
static const struct palette projector = {
    .ground = "#ffffff",
    .text = "#000000",
    .dim = "#3d4650",
    .line = "#1b1f24",
    .rule = "#9aa4ae",
    .band = "#e9eef3",
    .halo = "#ffffff",
    .holds = "#00602b",
    .breaks = "#a80018",
    .finding = "#7a4700",
    .reset = "#a80018",
    .fold = "#00596b",
    .note = "#00596b",
    .client = "#0044b0",
    .server = "#993d00",
    .fill = {"#8c96a0", "#8c96a0", "#8c96a0", "#d98c00", "#bfa300", "#008040", "#00809a", "#2aa3ba",
             "#9c2888", "#c02060", "#4a36c0", "#1556c0"},
    .state = {"#3d4650", "#3d4650", "#3d4650", "#7a4700", "#5e5000", "#00602b", "#00596b",
              "#00596b", "#7d1c6c", "#991548", "#3a28a8", "#0f4499"},
};

static void rule(struct base_strbuf *out, const char *scope, const char *selector,
                 const char *property, const char *value)
{
    base_strbuf_printf(out, "%s %s{%s:%s}\n", scope, selector, property, value);
}

static void add_state_rules(struct base_strbuf *out, const char *scope, const struct palette *p)
{
    for (unsigned i = 0; i < TRACK_STATES; i++) {
        const char *name = track_state_name((enum track_state)i);
        base_strbuf_printf(out, "%s .f-%s{fill:%s}\n%s .s-%s{fill:%s}\n", scope, name, p->fill[i],
                           scope, name, p->state[i]);
        /* a box of the diagram: its frame, and what stands there now */
        base_strbuf_printf(out, "%s .was .b-%s{stroke:%s}\n%s .here .b-%s{stroke:%s;fill:%s}\n",
                           scope, name, p->fill[i], scope, name, p->fill[i], p->band);
    }
}

static void add_colors(struct base_strbuf *out, const char *scope, const struct palette *p)
{
    const struct {
        const char *selector, *property, *value;
    } rules[] = {
        {".ground", "fill", p->ground},
        {"text", "fill", p->text},
        {".dim", "fill", p->dim},
        {".halo", "stroke", p->halo},
        {".line", "stroke", p->line},
        {".thin", "stroke", p->rule},
        {".axis", "stroke", p->dim},
        {".band", "fill", p->band},
        {".band", "stroke", p->rule},
        {".box", "fill", p->ground},
        {".box", "stroke", p->rule},
        {".h", "fill", p->line},
        {".h-dim", "fill", p->rule},
        {".h-reset", "fill", p->reset},
        {".h-finding", "fill", p->finding},
        {".h-open", "fill", p->ground},
        {".h-open", "stroke", p->dim},
        {".repeated", "stroke", p->finding},
        {".overtaken", "stroke", p->finding},
        {".ignored", "stroke", p->dim},
        {".h-client", "fill", p->client},
        {".h-server", "fill", p->server},
        {".reset", "stroke", p->reset},
        {".lost", "stroke", p->breaks},
        {".notes", "stroke", p->note},
        {".way-client", "stroke", p->client},
        {".way-server", "stroke", p->server},
        {".edge", "stroke", p->rule},
        {".data", "stroke", p->client},
        {".again", "stroke", p->breaks},
        {".sacked", "stroke", p->holds},
        {".acks", "stroke", p->text},
        {".window", "stroke", p->fold},
        {".r-time", "fill", p->dim},
        {".r-flags-reset", "fill", p->reset},
        {".r-holds", "fill", p->holds},
        {".r-breaks", "fill", p->breaks},
        {".r-finding", "fill", p->finding},
        {".r-remark", "fill", p->dim},
        {".r-fold", "fill", p->fold},
        {".r-note", "fill", p->note},
        {".r-client", "fill", p->client},
        {".r-server", "fill", p->server},
        {".mark-client", "fill", p->client},
        {".mark-server", "fill", p->server},
        {".mark-text", "fill", p->ground},
    };
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
        rule(out, scope, rules[i].selector, rules[i].property, rules[i].value);
    add_state_rules(out, scope, p);
}

/* What does not depend on colours. */
static void add_shapes(struct base_strbuf *out, const char *scope)
{
    static const struct {
        const char *selector, *rules;
    } shapes[] = {
        {"text", "font:13px system-ui,-apple-system,'Segoe UI','DejaVu Sans',Arial,sans-serif;"
                 "white-space:pre"},
        {".mono", "font-family:ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,'Liberation Mono',"
                  "monospace;font-size:12px"},
        {".title", "font-size:20px;font-weight:600"},
        {".name", "font-weight:600"},
        {".strong", "font-weight:700"},
        {".small", "font-size:12px"},
        {".halo", "paint-order:stroke;stroke-width:5px;stroke-linejoin:round"},
        {"path", "fill:none"},
        {".line,.reset", "stroke-width:1.4"},
        {".lost", "stroke-dasharray:5 4"},
        {".repeated", "stroke-dasharray:9 4"},
        {".overtaken", "stroke-dasharray:2 4"},
        {".ignored", "stroke-dasharray:5 3"},
        {".notes", "stroke-dasharray:2 4"},
        {".fold", "stroke-dasharray:4 4"},
        {".thin,.axis", "stroke-width:1"},
        {".edge", "stroke-width:1.4"},
        {".way-client,.way-server", "stroke-width:2.6"},
        {".box", "stroke-width:1.4"},
        {".was .box", "stroke-width:2.6"},
        {".here .box", "stroke-width:3.4"},
        {".data,.again", "stroke-width:3"},
        {".sacked", "stroke-width:2"},
        {".acks", "stroke-width:1.4"},
        {".window", "stroke-width:1.4;stroke-dasharray:3 3"},
    };
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        /* a list of selectors: the scope stands before each */
        const char *next = shapes[i].selector;
        for (;;) {
            size_t length = strcspn(next, ",");
            base_strbuf_printf(out, "%s %.*s%s", scope, (int)length, next,
                               next[length] == ',' ? "," : "");
            if (next[length] == '\0')
                break;
            next += length + 1;
        }
        base_strbuf_printf(out, "{%s}\n", shapes[i].rules);
    }
}

void out_picture_style(struct base_strbuf *out, enum out_theme theme, const char *scope)
{
    static const struct palette *const palettes[] = {
        [OUT_THEME_BOTH] = &light,  [OUT_THEME_DARK] = &dark,
        [OUT_THEME_LIGHT] = &light, [OUT_THEME_COLOR_BLIND] = &color_blind,
        [OUT_THEME_MONO] = &mono,   [OUT_THEME_PROJECTOR] = &projector,
    };
    add_shapes(out, scope);
    add_colors(out, scope, palettes[theme]);
    if (theme != OUT_THEME_BOTH)
        return;
    base_strbuf_str(out, "@media screen and (prefers-color-scheme:dark){\n");
    add_colors(out, scope, &dark);
    base_strbuf_str(out, "}\n");
}
