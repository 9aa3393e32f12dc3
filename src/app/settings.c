/* Reads and writes the settings file. */
#include "config.h"

#include "app/settings.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define LINE_MAX_BYTES 512
#define MAX_LINES 2000
/* After so many a file is none of ours. */
#define MAX_ERRORS 10

struct reader {
    struct app_options *options;
    struct base_strbuf *error;
    const char *file;
    unsigned line, errors;
};

static void complain(struct reader *reader, const char *why)
{
    reader->errors++;
    base_strbuf_printf(reader->error, "%s:%u: %s\n", reader->file, reader->line, why);
}

static char *skip_blanks(char *text)
{
    return text + strspn(text, " \t");
}

static void strip_end(char *text)
{
    size_t length = strlen(text);
    while (length > 0 && strchr(" \t\r\n", text[length - 1]) != NULL)
        text[--length] = '\0';
}

/* The first word ends; returns what stands behind it. */
static char *split_word(char *text)
{
    char *end = text + strcspn(text, " \t");
    if (*end == '\0')
        return end;
    *end = '\0';
    return skip_blanks(end + 1);
}

/* "key NEW KEY": NEW does what KEY does. */
static void take_key(struct reader *reader, char *rest)
{
    char *like = split_word(rest);
    struct app_options *options = reader->options;
    if (rest[0] == '\0' || like[0] == '\0' || strpbrk(like, " \t") != NULL)
        complain(reader, "key: wants two keys: the new one and the one that it is to be");
    else if (strlen(rest) >= APP_KEY_NAME || strlen(like) >= APP_KEY_NAME)
        complain(reader, "key: no key has such a long name");
    else if (options->key_count == APP_MAX_KEYS)
        complain(reader, "key: too many of them");
    else {
        struct app_key_binding *binding = &options->keys[options->key_count++];
        snprintf(binding->key, sizeof binding->key, "%s", rest);
        snprintf(binding->like, sizeof binding->like, "%s", like);
    }
}

/* "alias ADDRESS NAME", with a '=' between them or without. */
static void take_alias(struct reader *reader, char *rest)
{
    char *name = split_word(rest);
    struct app_options *options = reader->options;
    struct base_strbuf why = BASE_STRBUF_INIT;
    if (name[0] == '=')
        name = skip_blanks(name + 1);
    if (rest[0] == '\0' || name[0] == '\0')
        complain(reader, "alias: wants an address and a name");
    else if (options->alias_count == APP_MAX_ALIASES)
        complain(reader, "alias: too many of them");
    else if (view_alias_parse(&options->aliases[options->alias_count], rest, name, &why))
        options->alias_count++;
    if (why.length > 0) {
        struct base_strbuf text = BASE_STRBUF_INIT;
        base_strbuf_printf(&text, "alias %s", base_strbuf_text(&why));
        complain(reader, base_strbuf_text(&text));
        base_strbuf_free(&text);
    }
    base_strbuf_free(&why);
}

static void take_line(struct reader *reader, char *line)
{
    strip_end(line);
    line = skip_blanks(line);
    if (line[0] == '\0' || line[0] == '#')
        return;
    char *rest = split_word(line);
    if (strcmp(line, "key") == 0) {
        take_key(reader, rest);
        return;
    }
    if (strcmp(line, "alias") == 0) {
        take_alias(reader, rest);
        return;
    }
    struct base_strbuf why = BASE_STRBUF_INIT;
    if (!app_options_set(reader->options, line, rest, &why))
        complain(reader, base_strbuf_text(&why));
    base_strbuf_free(&why);
}

static void read_lines(struct reader *reader, FILE *stream)
{
    char line[LINE_MAX_BYTES];
    while (reader->errors < MAX_ERRORS) {
        reader->line++;
        errno = 0;
        if (fgets(line, sizeof line, stream) == NULL)
            break;
        bool whole = strchr(line, '\n') != NULL || feof(stream);
        if (!whole || reader->line > MAX_LINES || strlen(line) == 0) {
            complain(reader, whole ? "this is no settings file" : "the line is too long");
            return;
        }
        take_line(reader, line);
    }
    if (ferror(stream))
        complain(reader, strerror(errno));
}

bool app_settings_read(struct app_options *options, const char *file, struct base_strbuf *error)
{
    struct reader reader = {.options = options, .error = error, .file = file};
    struct stat status;
    /* also where another user's directory may not be entered, as after sudo -u */
    if (stat(file, &status) != 0)
        return true;
    /* a pipe or a device could keep us for ever */
    FILE *stream = S_ISREG(status.st_mode) ? fopen(file, "re") : NULL;
    if (stream == NULL) {
        base_strbuf_printf(error, "%s: %s\n", file,
                           S_ISREG(status.st_mode) ? strerror(errno) : "not a regular file");
        return false;
    }
    read_lines(&reader, stream);
    fclose(stream);
    return reader.errors == 0;
}

bool app_settings_load(struct app_options *options, struct base_strbuf *error)
{
    const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    struct base_strbuf path = BASE_STRBUF_INIT;
    bool right = app_settings_read(options, "/etc/tcpviz/config", error);
    if (config != NULL && config[0] == '/')
        base_strbuf_printf(&path, "%s/tcpviz/config", config);
    else if (home != NULL && home[0] == '/')
        base_strbuf_printf(&path, "%s/.config/tcpviz/config", home);
    if (path.length > 0)
        right = app_settings_read(options, base_strbuf_text(&path), error) && right;
    base_strbuf_free(&path);
    return right;
}

void app_settings_print(const struct app_options *options, struct base_strbuf *out)
{
    app_options_print(options, out);
    for (size_t i = 0; i < options->alias_count; i++) {
        base_strbuf_str(out, "alias ");
        view_alias_add_where(&options->aliases[i], out);
        base_strbuf_printf(out, " = %s\n", options->aliases[i].name);
    }
    for (size_t i = 0; i < options->key_count; i++)
        base_strbuf_printf(out, "key %s %s\n", options->keys[i].key, options->keys[i].like);
}
