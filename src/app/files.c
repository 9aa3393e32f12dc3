/* The files that -r names: a directory stands for the captures in it. */
#include "config.h"

#include "app/files.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "app/catalogue.h"
#include "base/xalloc.h"
#include "capture/source.h"

static void append(struct app_files *files, char *name)
{
    files->names = base_realloc(files->names, files->count + 1, sizeof files->names[0]);
    files->names[files->count++] = name;
}

static char *join_path(const char *directory, const char *name)
{
    struct base_strbuf path = BASE_STRBUF_INIT;
    size_t length = strlen(directory);
    base_strbuf_printf(&path, "%s%s%s", directory,
                       length > 0 && directory[length - 1] == '/' ? "" : "/", name);
    char *text = base_strdup(base_strbuf_text(&path));
    base_strbuf_free(&path);
    return text;
}

/* By what is in it, not by its name. */
static bool is_capture(const char *path)
{
    struct stat status;
    if (stat(path, &status) != 0 || !S_ISREG(status.st_mode))
        return false;
    struct capture_error error;
    struct capture_source *source = capture_open_file(path, &(struct capture_options){0}, &error);
    if (source == NULL)
        return false;
    capture_source_close(source);
    return true;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool add_directory(struct app_files *files, const char *name, struct base_strbuf *error)
{
    DIR *directory = opendir(name);
    if (directory == NULL) {
        base_strbuf_printf(error, "%s: %s", name, strerror(errno));
        return false;
    }
    size_t first = files->count;
    const struct dirent *entry;
    while ((entry = readdir(directory)) != NULL) {
        if (entry->d_name[0] == '.')
            continue;
        char *path = join_path(name, entry->d_name);
        if (is_capture(path))
            append(files, path);
        else
            free(path);
    }
    closedir(directory);
    if (files->count == first) {
        base_strbuf_printf(error, "%s: no capture is in this directory", name);
        return false;
    }
    qsort(files->names + first, files->count - first, sizeof files->names[0], by_name);
    return true;
}

bool app_files_add(struct app_files *files, const char *name, struct base_strbuf *error)
{
    struct stat status;
    if (strcmp(name, "-") != 0 && stat(name, &status) == 0 && S_ISDIR(status.st_mode))
        return add_directory(files, name, error);
    struct base_strbuf bundled = BASE_STRBUF_INIT;
    bool missing = strcmp(name, "-") != 0 && stat(name, &status) != 0 && errno == ENOENT;
    bool found = missing && app_catalogue_find(name, &bundled);
    append(files, base_strdup(found ? base_strbuf_text(&bundled) : name));
    base_strbuf_free(&bundled);
    return true;
}

bool app_files_hold(const struct app_files *files, const char *path)
{
    struct stat wanted, status;
    if (stat(path, &wanted) != 0 || !S_ISREG(wanted.st_mode))
        return false;
    for (size_t i = 0; i < files->count; i++)
        if (stat(files->names[i], &status) == 0 && status.st_dev == wanted.st_dev &&
            status.st_ino == wanted.st_ino)
            return true;
    return false;
}

void app_files_free(struct app_files *files)
{
    for (size_t i = 0; i < files->count; i++)
        free(files->names[i]);
    free(files->names);
    *files = (struct app_files){0};
}
