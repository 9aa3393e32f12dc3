/* Fuzzes the reader of inet_diag's answers: the first byte is the question's number, the rest what
 * came. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "kernel/reply.h"
#include "track/state.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

_Noreturn void base_out_of_memory(size_t size_bytes)
{
    (void)size_bytes;
    abort();
}

/* A copy of just that length, so that reading beyond it is seen. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    if (length == 0)
        return 0;
    void *copy = base_alloc(length);
    memcpy(copy, bytes + 1, length - 1);
    struct track_kernel_socket socket = {.state = TRACK_CLOSED};
    int error = 0;
    switch (kernel_reply_read(copy, length - 1, bytes[0], &socket, &error)) {
    case KERNEL_REPLY_SOCKET:
        if (socket.state == TRACK_UNKNOWN || socket.state >= TRACK_STATES ||
            socket.timer > TRACK_TIMER_ZERO_WINDOW_PROBE)
            abort();
        break;
    case KERNEL_REPLY_ERROR:
        if (error <= 0 || error > 4095)
            abort();
        break;
    case KERNEL_REPLY_NOTHING:
    case KERNEL_REPLY_DONE:
        if (socket.state != TRACK_CLOSED)
            abort();
        break;
    }
    free(copy);
    return 0;
}
