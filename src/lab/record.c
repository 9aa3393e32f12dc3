/* Sends records through a socket that does not block. */
#include "config.h"

#include "lab/record.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

/* What may wait for a reader that is busy or stopped. */
#define MAX_WAITING_BYTES (64u * 1024 * 1024)

/* What was sent is cut off before it becomes much. */
#define MAX_SENT_BYTES (1024u * 1024)

bool lab_recorder_waits(const struct lab_recorder *recorder)
{
    return recorder->sent < recorder->waiting.length;
}

static void forget_sent(struct lab_recorder *recorder)
{
    struct base_strbuf *waiting = &recorder->waiting;
    waiting->length -= recorder->sent;
    if (waiting->length > 0)
        memmove(waiting->text, waiting->text + recorder->sent, waiting->length);
    recorder->sent = 0;
}

void lab_recorder_flush(struct lab_recorder *recorder)
{
    struct base_strbuf *waiting = &recorder->waiting;
    while (lab_recorder_waits(recorder)) {
        ssize_t sent = send(recorder->fd, waiting->text + recorder->sent,
                            waiting->length - recorder->sent, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0) {
            recorder->gone = errno != EAGAIN && errno != EWOULDBLOCK;
            break;
        }
        recorder->sent += (size_t)sent;
    }
    if (!lab_recorder_waits(recorder) || recorder->sent > MAX_SENT_BYTES)
        forget_sent(recorder);
}

void lab_record(struct lab_recorder *recorder, enum lab_record_kind kind, const void *head,
                size_t head_length, const void *body, size_t body_length)
{
    struct lab_record_head start = {.length = (uint32_t)(head_length + body_length),
                                    .kind = (uint32_t)kind};
    if (kind == LAB_RECORD_PACKET &&
        recorder->waiting.length - recorder->sent + start.length > MAX_WAITING_BYTES) {
        recorder->dropped++;
        return;
    }
    base_strbuf_add(&recorder->waiting, (const char *)&start, sizeof start);
    base_strbuf_add(&recorder->waiting, head, head_length);
    if (body_length > 0)
        base_strbuf_add(&recorder->waiting, body, body_length);
}

void lab_record_text(struct lab_recorder *recorder, enum lab_record_kind kind, const char *text)
{
    lab_record(recorder, kind, text, strlen(text), NULL, 0);
}
