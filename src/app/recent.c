/* The captures that were opened last. */
#include "config.h"

#include "app/recent.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "base/xalloc.h"

#define PATH_MAX_BYTES 4096

/* The directory of the list; false: there is no place for it. */
static bool state_directory(struct base_strbuf *out)
{
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    if (state != NULL && state[0] == '/')
        base_strbuf_printf(out, "%s/tcpviz", state);
    else if (home != NULL && home[0] == '/')
        base_strbuf_printf(out, "%s/.local/state/tcpviz", home);
    return out->length > 0;
}

/* With the directories above it. */
static bool make_directory(const char *path)
{
    char *part = base_strdup(path);
    for (char *slash = strchr(part + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(part, 0700);
        *slash = '/';
    }
    bool made = mkdir(part, 0700) == 0 || errno == EEXIST;
    free(part);
    return made;
}

static size_t read_lines(FILE *stream, char **names)
{
    char line[PATH_MAX_BYTES];
    size_t count = 0;
    while (count < APP_RECENT_MAX && fgets(line, sizeof line, stream) != NULL) {
        size_t length = strcspn(line, "\n");
        if (line[length] != '\n')
            break; /* longer than a path can be: not our list */
        line[length] = '\0';
        if (line[0] == '/')
            names[count++] = base_strdup(line);
    }
    return count;
}

size_t app_recent_read(char ***names)
{
    struct base_strbuf path = BASE_STRBUF_INIT;
    *names = base_calloc(APP_RECENT_MAX, sizeof **names);
    size_t count = 0;
    if (state_directory(&path)) {
        base_strbuf_str(&path, "/recent");
        FILE *stream = fopen(base_strbuf_text(&path), "re");
        if (stream != NULL) {
            count = read_lines(stream, *names);
            fclose(stream);
        }
    }
    base_strbuf_free(&path);
    return count;
}

void app_recent_free(char **names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(names[i]);
    free(names);
}

/* A new file takes the place of the old one, so that a reader never sees half a list. */
static void write_list(const char *directory, const char *first, char **names, size_t count)
{
    struct base_strbuf to = BASE_STRBUF_INIT, from = BASE_STRBUF_INIT;
    base_strbuf_printf(&to, "%s/recent", directory);
    base_strbuf_printf(&from, "%s/recent.%ld", directory, (long)getpid());
    FILE *stream = fopen(base_strbuf_text(&from), "wex");
    if (stream != NULL) {
        fprintf(stream, "%s\n", first);
        for (size_t i = 0; i < count && i + 1 < APP_RECENT_MAX; i++)
            if (strcmp(names[i], first) != 0)
                fprintf(stream, "%s\n", names[i]);
        if (fclose(stream) != 0 || rename(base_strbuf_text(&from), base_strbuf_text(&to)) != 0)
            unlink(base_strbuf_text(&from));
    }
    base_strbuf_free(&from);
    base_strbuf_free(&to);
}

void app_recent_add(const char *file)
{
    struct base_strbuf directory = BASE_STRBUF_INIT;
    char *path = realpath(file, NULL);
    if (path != NULL && strchr(path, '\n') == NULL && strlen(path) + 2 < PATH_MAX_BYTES &&
        state_directory(&directory) && make_directory(base_strbuf_text(&directory))) {
        char **names;
        size_t count = app_recent_read(&names);
        write_list(base_strbuf_text(&directory), path, names, count);
        app_recent_free(names, count);
    }
    base_strbuf_free(&directory);
    free(path);
}
