/* Fuzzes the readers of capture files: the first byte chooses the way, the rest is the file. */
#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "capture/source.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static uint32_t sum; /* so that each byte of each packet is read */

_Noreturn void base_out_of_memory(size_t size_bytes)
{
    (void)size_bytes;
    abort();
}

static void take_packet(void *context, const struct wire_packet *packet)
{
    uint64_t *last_number = context;
    if (packet->number <= *last_number || packet->wire_bytes < packet->captured_bytes)
        abort();
    *last_number = packet->number;
    for (uint32_t i = 0; i < packet->captured_bytes; i++)
        sum += packet->data[i];
}

static void read_all(const char *path, const char *filter)
{
    const struct capture_options options = {.filter = filter};
    struct capture_error error;
    struct capture_source *source = capture_open_file(path, &options, &error);
    if (source == NULL)
        return;
    uint64_t last_number = 0;
    enum capture_status status;
    do
        status = capture_source_read(source, 100, take_packet, &last_number);
    while (status == CAPTURE_MORE);
    if (status == CAPTURE_WAIT || (status == CAPTURE_ERROR && *capture_source_error(source) == 0))
        abort();
    struct capture_stats stats;
    capture_source_stats(source, &stats);
    capture_source_close(source);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static int fd = -1;
    if (length == 0)
        return 0;
    if (fd < 0)
        fd = memfd_create("capture", MFD_CLOEXEC);
    if (fd < 0 || ftruncate(fd, 0) != 0 ||
        pwrite(fd, bytes + 1, length - 1, 0) != (ssize_t)(length - 1))
        abort();
    char path[40];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    read_all(path, bytes[0] % 4 == 1 ? "tcp port 1234" : NULL);
    return 0;
}
