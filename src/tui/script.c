/* Scripts that drive the terminal UI: a step a line. */
#include "config.h"

#include "tui/script.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "guard/guard.h"
#include "tui/keys.h"

#define LINE_MAX_BYTES 4096
#define SIZE_MAX_CELLS 1000

/* A decimal number up to max at *text, which moves behind it and the blanks that follow. */
static bool take_number(const char **text, unsigned max, unsigned *number)
{
    char *end;
    if (**text < '0' || **text > '9')
        return false;
    unsigned long value = strtoul(*text, &end, 10);
    if (value > max)
        return false;
    *number = (unsigned)value;
    *text = end + strspn(end, " \t");
    return true;
}

static bool take_pair(const char *text, unsigned max, struct tui_step *step)
{
    unsigned x, y;
    if (!take_number(&text, max, &x) || !take_number(&text, max, &y) || *text != '\0')
        return false;
    step->x = (int)x;
    step->y = (int)y;
    return true;
}

static bool parse_click(const char *rest, struct tui_step *step)
{
    step->kind = TUI_STEP_CLICK;
    return take_pair(rest, SIZE_MAX_CELLS, step);
}

static bool parse_resize(const char *rest, struct tui_step *step)
{
    step->kind = TUI_STEP_RESIZE;
    return take_pair(rest, SIZE_MAX_CELLS, step) && step->x > 0 && step->y > 0;
}

static bool parse_wait(const char *rest, struct tui_step *step)
{
    if (strcmp(rest, "loaded") == 0) {
        step->kind = TUI_STEP_WAIT_LOADED;
        return true;
    }
    step->kind = TUI_STEP_WAIT;
    if (!take_number(&rest, 600000, &step->wait_ms))
        return false;
    if (strcmp(rest, "packets") == 0) {
        step->kind = TUI_STEP_WAIT_PACKETS;
        step->packets = step->wait_ms;
        return true;
    }
    if (strcmp(rest, "s") == 0 && step->wait_ms <= 600)
        step->wait_ms *= 1000;
    else if (strcmp(rest, "ms") != 0)
        return false;
    return true;
}

static bool parse_save(const char *rest, struct tui_step *step)
{
    step->kind = TUI_STEP_SAVE;
    step->text = base_strdup(rest);
    return rest[0] != '\0';
}

static bool parse_save_roles(const char *rest, struct tui_step *step)
{
    bool right = parse_save(rest, step);
    step->kind = TUI_STEP_SAVE_ROLES;
    return right;
}

static bool parse_quit(const char *rest, struct tui_step *step)
{
    step->kind = TUI_STEP_QUIT;
    return rest[0] == '\0';
}

static const struct {
    const char *word;
    bool (*parse)(const char *rest, struct tui_step *step);
} commands[] = {
    {"click", parse_click}, {"resize", parse_resize},         {"wait", parse_wait},
    {"save", parse_save},   {"save-roles", parse_save_roles}, {"quit", parse_quit},
};

static bool parse_text(const char *line, struct tui_step *step)
{
    size_t length = strlen(line);
    if (length < 2 || line[length - 1] != '"')
        return false;
    step->kind = TUI_STEP_TEXT;
    step->text = base_strdup(line + 1);
    step->text[length - 2] = '\0';
    return true;
}

static bool parse_step(const char *line, struct tui_step *step)
{
    size_t word = strcspn(line, " \t");
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        if (strlen(commands[i].word) == word && memcmp(commands[i].word, line, word) == 0)
            return commands[i].parse(line + word + strspn(line + word, " \t"), step);
    if (line[0] == '"' && line[1] != '\0')
        return parse_text(line, step);
    step->kind = TUI_STEP_KEY;
    step->key = tui_key_by_name(line);
    return step->key != TUI_KEY_NONE;
}

bool tui_script_parse_line(const char *line, struct tui_step *step, bool *kept)
{
    *step = (struct tui_step){0};
    *kept = false;
    line += strspn(line, " \t");
    if (line[0] == '\0' || strcmp(line, "#") == 0 || strncmp(line, "# ", 2) == 0)
        return true;
    if (!parse_step(line, step)) {
        free(step->text);
        step->text = NULL;
        return false;
    }
    *kept = true;
    return true;
}

static void strip_line(char *line)
{
    size_t length = strlen(line);
    while (length > 0 && strchr(" \t\r\n", line[length - 1]) != NULL)
        line[--length] = '\0';
}

static bool read_steps(struct tui_script *script, FILE *stream, const char *file,
                       struct base_strbuf *error)
{
    char line[LINE_MAX_BYTES];
    for (unsigned number = 1; fgets(line, sizeof line, stream) != NULL; number++) {
        struct tui_step step;
        bool kept;
        strip_line(line);
        if (!tui_script_parse_line(line, &step, &kept)) {
            base_strbuf_printf(error, "%s:%u: not a key or a step that a script can have: %s", file,
                               number, line);
            return false;
        }
        if (!kept)
            continue;
        script->steps = base_realloc(script->steps, script->count + 1, sizeof step);
        script->steps[script->count++] = step;
    }
    if (ferror(stream))
        base_strbuf_printf(error, "%s: %s", file, strerror(errno));
    return !ferror(stream);
}

bool tui_script_read(struct tui_script *script, const char *file, struct base_strbuf *error)
{
    *script = (struct tui_script){0};
    int fd = guard_open(file, GUARD_READ);
    FILE *stream = fd >= 0 ? fdopen(fd, "r") : NULL;
    if (stream == NULL) {
        base_strbuf_printf(error, "%s: %s", file, strerror(errno));
        return false;
    }
    bool right = read_steps(script, stream, file, error);
    fclose(stream);
    if (!right)
        tui_script_free(script);
    return right;
}

void tui_script_free(struct tui_script *script)
{
    for (size_t i = 0; i < script->count; i++)
        free(script->steps[i].text);
    free(script->steps);
    *script = (struct tui_script){0};
}
