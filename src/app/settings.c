/* Reads and writes the settings file. */
#include "config.h"

#include "app/settings.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/intl.h"
#include "guard/guard.h"

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
        complain(reader, _("key: wants two keys: the new one and the one that it is to be"));
    else if (strlen(rest) >= APP_KEY_NAME || strlen(like) >= APP_KEY_NAME)
        complain(reader, _("key: no key has such a long name"));
    else if (options->key_count == APP_MAX_KEYS)
        complain(reader, _("key: too many of them"));
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
        complain(reader, _("alias: wants an address and a name"));
    else if (options->alias_count == APP_MAX_ALIASES)
        complain(reader, _("alias: too many of them"));
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
            complain(reader, whole ? _("this is no settings file") : _("the line is too long"));
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

bool app_settings_path(struct base_strbuf *out)
{
    const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    if (config != NULL && config[0] == '/')
        base_strbuf_printf(out, "%s/tcpviz/config", config);
    else if (home != NULL && home[0] == '/')
        base_strbuf_printf(out, "%s/.config/tcpviz/config", home);
    else
        return false;
    return true;
}

bool app_settings_load(struct app_options *options, struct base_strbuf *error)
{
    struct base_strbuf path = BASE_STRBUF_INIT;
    bool right = app_settings_read(options, "/etc/tcpviz/config", error);
    app_settings_path(&path);
    if (path.length > 0)
        right = app_settings_read(options, base_strbuf_text(&path), error) && right;
    base_strbuf_free(&path);
    return right;
}

/* --- writing --- */

/* The line that is to say a setting in place of this one; NULL: it stays. */
static const struct app_setting *setting_of(const char *line, size_t length,
                                            const struct app_setting *settings, size_t count)
{
    size_t start = 0;
    while (start < length && (line[start] == ' ' || line[start] == '\t'))
        start++;
    for (size_t i = 0; i < count; i++) {
        size_t name = strlen(settings[i].name);
        if (length - start >= name && memcmp(line + start, settings[i].name, name) == 0 &&
            (length - start == name || strchr(" \t\r", line[start + name]) != NULL))
            return &settings[i];
    }
    return NULL;
}

/* Whether a later line of the text says the same setting. */
static bool is_said_later(const char *text, const struct app_setting *setting)
{
    while (*text != '\0') {
        size_t length = strcspn(text, "\n");
        if (setting_of(text, length, setting, 1) != NULL)
            return true;
        text += length + (text[length] == '\n');
    }
    return false;
}

void app_settings_change(const char *text, const struct app_setting *settings, size_t count,
                         struct base_strbuf *out)
{
    const char *begin = text;
    while (*text != '\0') {
        size_t length = strcspn(text, "\n");
        const char *next = text + length + (text[length] == '\n');
        const struct app_setting *setting = setting_of(text, length, settings, count);
        if (setting != NULL && !is_said_later(next, setting))
            base_strbuf_printf(out, "%s %s\n", setting->name, setting->value);
        else
            base_strbuf_printf(out, "%.*s\n", (int)length, text);
        text = next;
    }
    for (size_t i = 0; i < count; i++)
        if (!is_said_later(begin, &settings[i]))
            base_strbuf_printf(out, "%s %s\n", settings[i].name, settings[i].value);
}

#define FILE_MAX_BYTES (LINE_MAX_BYTES * MAX_LINES)

/* A file that is not there is empty. */
static bool read_file(const char *path, struct base_strbuf *out)
{
    int fd = guard_open(path, GUARD_READ);
    if (fd < 0)
        return errno == ENOENT;
    struct stat status;
    bool regular = fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
    ssize_t got = regular ? 1 : -1;
    char piece[4096];
    errno = regular ? 0 : EINVAL;
    while (got > 0 && out->length < FILE_MAX_BYTES) {
        got = read(fd, piece, sizeof piece);
        if (got > 0)
            base_strbuf_add(out, piece, (size_t)got);
    }
    int reason = got > 0 ? EFBIG : errno;
    close(fd);
    errno = reason;
    return got == 0;
}

static bool write_file(const char *path, const struct base_strbuf *text)
{
    int fd = guard_replace(path);
    size_t done = 0;
    if (fd < 0)
        return false;
    while (done < text->length) {
        ssize_t wrote = write(fd, text->text + done, text->length - done);
        if (wrote < 0 && errno != EINTR)
            break;
        done += wrote > 0 ? (size_t)wrote : 0;
    }
    bool right = done == text->length && fsync(fd) == 0;
    int reason = errno;
    right = close(fd) == 0 && right;
    bool replaced = guard_replaced(path, right);
    if (!right)
        errno = reason;
    return right && replaced;
}

bool app_settings_save(const struct app_setting *settings, size_t count, struct base_strbuf *error)
{
    struct base_strbuf path = BASE_STRBUF_INIT, old = BASE_STRBUF_INIT, text = BASE_STRBUF_INIT;
    bool saved = false;
    if (!app_settings_path(&path)) {
        base_strbuf_str(error, _("there is no HOME to save settings in"));
    } else {
        const char *name = base_strbuf_text(&path);
        saved = read_file(name, &old);
        if (saved) {
            app_settings_change(base_strbuf_text(&old), settings, count, &text);
            saved = write_file(name, &text);
        }
        if (!saved)
            base_strbuf_printf(error, "%s: %s", name, strerror(errno));
    }
    base_strbuf_free(&path);
    base_strbuf_free(&old);
    base_strbuf_free(&text);
    return saved;
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
