/* The broker on messages that an intruder could send. Each input is a message: its kind, its mode,
 * and the path; or, if it is longer or shorter than one, that as it is. */
#include "config.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "guard/impl.h"

#define SECRET "what nobody may see"

_Noreturn void base_out_of_memory(size_t size_bytes)
{
    (void)size_bytes;
    abort();
}

/* Of its own; the paths of the messages stay in it. */
static char directory[] = "/tmp/tcpviz-fuzz-XXXXXX";

static const char *in_directory(const char *name)
{
    static char path[GUARD_PATH_BYTES];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    return path;
}

static void put_file(const char *name, const char *text)
{
    FILE *file = fopen(in_directory(name), "we");
    if (file == NULL || fputs(text, file) < 0 || fclose(file) != 0)
        abort();
}

static void clean_up(void)
{
    DIR *found = opendir(directory);
    for (struct dirent *entry; found != NULL && (entry = readdir(found)) != NULL;)
        unlinkat(dirfd(found), entry->d_name, 0);
    if (found != NULL)
        closedir(found);
    rmdir(directory);
}

static void begin(void)
{
    atexit(clean_up);
    if (mkdtemp(directory) == NULL)
        abort();
    put_file("secret", SECRET);
    put_file("old.pcap", "\xa1\xb2\xc3\xd4 old");
    put_file("named", "named");
    put_file("swap", "swap");
    guard_allow(in_directory("named"), GUARD_READ);
    guard_allow(in_directory("made"), GUARD_WRITE);
    guard_allow(in_directory("swap"), GUARD_REPLACE);
}

static bool holds(const char *name, const char *text)
{
    char bytes[64] = "";
    int fd = open(in_directory(name), O_RDONLY | O_CLOEXEC);
    bool right = fd >= 0 && read(fd, bytes, sizeof bytes - 1) >= 0 && strcmp(bytes, text) == 0;
    close(fd);
    return right;
}

static void check_descriptor(const struct guard_request *request, int fd)
{
    struct stat status, secret;
    const char *name = request->path + strlen(directory) + 1;
    char first = 0;
    if (fstat(fd, &status) != 0 || stat(in_directory("secret"), &secret) != 0 ||
        !S_ISREG(status.st_mode) || status.st_ino == secret.st_ino)
        abort();
    bool named = strcmp(name, "named") == 0;
    if (request->kind == GUARD_REQUEST_OPEN && request->mode == GUARD_READ && !named &&
        (pread(fd, &first, 1, 0) != 1 || write(fd, "", 1) == 1))
        abort();
    if (request->kind == GUARD_REQUEST_OPEN && request->mode == GUARD_WRITE &&
        strcmp(name, "made") != 0) {
        const char *last = strrchr(request->path, '/');
        if (last != NULL && last[1] == '.')
            abort();
        unlink(request->path);
    }
    close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static bool begun;
    static struct guard_request request;
    static const struct guard_options options = {.user = {.change = false}};
    struct guard_reply reply = {.error = -1};
    int fd = -1;
    if (!begun)
        begin();
    begun = true;
    if (length < 2)
        return 0;
    memset(&request, 0, sizeof request);
    request.kind = bytes[0];
    request.mode = bytes[1] % 16;
    size_t prefix = strlen(directory) + 1, room = sizeof request.path - prefix;
    memcpy(request.path, in_directory(""), prefix);
    memcpy(request.path + prefix, bytes + 2, length - 2 < room ? length - 2 : room);
    size_t sent = bytes[1] < 250 ? sizeof request : length;
    char *text = base_calloc(1, sizeof request.path + 1);
    memcpy(text, request.path, sizeof request.path);
    bool leaves = strstr(text, "..") != NULL;
    free(text);
    if (leaves) /* of the directory: the broker may, we may not */
        return 0;
    void *message = base_alloc(sent); /* of just its size, so that a read past the end is seen */
    memcpy(message, sent <= sizeof request ? (const void *)&request : bytes, sent);
    if (guard_broker_serve(&options, message, sent, &reply, &fd)) {
        if (reply.error < 0 || (fd >= 0 && reply.error != 0))
            abort();
    } else if (fd >= 0) {
        abort();
    }
    free(message);
    if (fd >= 0)
        check_descriptor(&request, fd);
    if (!holds("secret", SECRET) || !holds("old.pcap", "\xa1\xb2\xc3\xd4 old"))
        abort();
    return 0;
}
