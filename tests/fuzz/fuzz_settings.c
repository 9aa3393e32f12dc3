/* Settings files of any bytes: errors are told by line, and what was taken can be printed and read
 * again. */
#include "config.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "app/settings.h"
#include "base/xalloc.h"

_Noreturn void base_out_of_memory(size_t size_bytes)
{
    (void)size_bytes;
    abort();
}

static bool read_bytes(struct app_options *options, const void *bytes, size_t length,
                       struct base_strbuf *error)
{
    static int fd = -1;
    char path[40];
    if (fd < 0)
        fd = memfd_create("settings", MFD_CLOEXEC);
    if (fd < 0 || ftruncate(fd, 0) != 0 || pwrite(fd, bytes, length, 0) != (ssize_t)length)
        abort();
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    return app_settings_read(options, path, error);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct app_options options, again;
    struct base_strbuf error = BASE_STRBUF_INIT, printed = BASE_STRBUF_INIT;
    app_options_defaults(&options);
    bool right = read_bytes(&options, bytes, length, &error);
    if (right != (error.length == 0))
        abort();
    base_strbuf_clear(&error);
    app_settings_print(&options, &printed);
    app_options_defaults(&again);
    if (!read_bytes(&again, base_strbuf_text(&printed), printed.length, &error))
        abort();
    app_options_free(&options);
    app_options_free(&again);
    base_strbuf_free(&error);
    base_strbuf_free(&printed);
    return 0;
}
