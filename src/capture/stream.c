/* A descriptor's bytes in order: opening, polling, reading, and the codec in between. */
#include "config.h"

#include "capture/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/intl.h"
#include "base/xalloc.h"
#include "capture/decompress.h"
#include "capture/impl.h"
#include "guard/guard.h"

struct capture_stream {
    int fd;
    bool is_stdin; /* not ours to close */
    char *name;    /* owned */
    bool pollable; /* not a regular file: may have nothing yet */
    uint64_t read_bytes, total_bytes;

    /* The first bytes, until they are told apart; later the codec's input. */
    uint8_t *in; /* owned, CAPTURE_STREAM_PIECE */
    size_t in_start, in_end;
    bool in_eof;
    bool detected;

    const struct capture_codec *codec; /* NULL: as stored */
    void *codec_state;                 /* owned by the codec */
    bool codec_holds;                  /* its output filled the room: more may come without input */
    bool broken;                       /* why is set */
    char why[256];
};

static enum capture_stream_result broken(struct capture_stream *stream)
{
    stream->broken = true;
    return CAPTURE_STREAM_ERROR;
}

/* Polling before each read leaves O_NONBLOCK of a shared standard input alone, and tells a FIFO
 * without a writer yet (nothing to read) from one whose writer left (POLLHUP, then 0 bytes). */
static bool is_ready(const struct capture_stream *stream)
{
    if (!stream->pollable)
        return true;
    struct pollfd poll_fd = {.fd = stream->fd, .events = POLLIN};
    int ready;
    do
        ready = poll(&poll_fd, 1, 0);
    while (ready < 0 && errno == EINTR);
    return ready != 0;
}

static enum capture_stream_result read_raw(struct capture_stream *stream, uint8_t *bytes,
                                           size_t size, size_t *got)
{
    if (stream->in_eof)
        return CAPTURE_STREAM_END;
    if (!is_ready(stream))
        return CAPTURE_STREAM_WAIT;
    ssize_t n;
    do
        n = read(stream->fd, bytes, size < CAPTURE_STREAM_PIECE ? size : CAPTURE_STREAM_PIECE);
    while (n < 0 && errno == EINTR);
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        return CAPTURE_STREAM_WAIT;
    if (n < 0) {
        snprintf(stream->why, sizeof stream->why, "%s", strerror(errno));
        return broken(stream);
    }
    if (n == 0) {
        stream->in_eof = true;
        return CAPTURE_STREAM_END;
    }
    stream->read_bytes += (uint64_t)n;
    *got = (size_t)n;
    return CAPTURE_STREAM_BYTES;
}

/* Adds to the input buffer, which has room: it is called when empty or with a few first bytes. */
static enum capture_stream_result refill(struct capture_stream *stream)
{
    if (stream->in_start == stream->in_end)
        stream->in_start = stream->in_end = 0;
    size_t got = 0;
    enum capture_stream_result result =
        read_raw(stream, stream->in + stream->in_end, CAPTURE_STREAM_PIECE - stream->in_end, &got);
    stream->in_end += got;
    return result;
}

static enum capture_stream_result start_codec(struct capture_stream *stream)
{
    const struct capture_codec *codec = stream->codec;
    if (codec->open != NULL) {
        stream->codec_state = codec->open();
        return CAPTURE_STREAM_BYTES;
    }
    const char *cannot =
        codec->known_library ? _("this tcpviz was built without") : _("tcpviz does not read");
    if (stream->is_stdin)
        snprintf(stream->why, sizeof stream->why,
                 _("compressed with %s, which %s: put %s in front: ... | %s | tcpviz -r -"),
                 codec->name, cannot, codec->tool, codec->tool);
    else
        snprintf(stream->why, sizeof stream->why,
                 _("compressed with %s, which %s: use %s %s | tcpviz -r -"), codec->name, cannot,
                 codec->tool, stream->name);
    return broken(stream);
}

static enum capture_stream_result detect(struct capture_stream *stream)
{
    while (stream->in_end < CAPTURE_CODEC_MAGIC && !stream->in_eof) {
        enum capture_stream_result result = refill(stream);
        if (result == CAPTURE_STREAM_WAIT || result == CAPTURE_STREAM_ERROR)
            return result;
    }
    stream->codec = capture_codec_find(stream->in, stream->in_end);
    stream->detected = true;
    return stream->codec != NULL ? start_codec(stream) : CAPTURE_STREAM_BYTES;
}

static enum capture_stream_result read_plain(struct capture_stream *stream, uint8_t *bytes,
                                             size_t size, size_t *got)
{
    size_t have = stream->in_end - stream->in_start;
    if (have == 0)
        return read_raw(stream, bytes, size, got);
    *got = have < size ? have : size;
    memcpy(bytes, stream->in + stream->in_start, *got);
    stream->in_start += *got;
    return CAPTURE_STREAM_BYTES;
}

static enum capture_stream_result codec_stuck(struct capture_stream *stream, const char *why)
{
    snprintf(stream->why, sizeof stream->why,
             _("damaged %s data (%s) before byte %llu of the file"), stream->codec->name, why,
             (unsigned long long)stream->read_bytes);
    return broken(stream);
}

/* After a step without output: go on (BYTES), or what it ends with. */
static enum capture_stream_result after_no_output(struct capture_stream *stream,
                                                  enum capture_codec_result result, size_t taken)
{
    if (stream->in_start < stream->in_end)
        return taken > 0 || result == CAPTURE_CODEC_BOUNDARY
                   ? CAPTURE_STREAM_BYTES
                   : codec_stuck(stream, _("no progress"));
    if (!stream->in_eof)
        return CAPTURE_STREAM_BYTES;
    if (result == CAPTURE_CODEC_BOUNDARY)
        return CAPTURE_STREAM_END;
    snprintf(stream->why, sizeof stream->why, _("truncated: the %s data end early, at byte %llu"),
             stream->codec->name, (unsigned long long)stream->read_bytes);
    return broken(stream);
}

static enum capture_stream_result read_decoded(struct capture_stream *stream, uint8_t *bytes,
                                               size_t size, size_t *got)
{
    for (;;) {
        if (!stream->codec_holds && stream->in_start == stream->in_end) {
            enum capture_stream_result refilled = refill(stream);
            if (refilled == CAPTURE_STREAM_WAIT || refilled == CAPTURE_STREAM_ERROR)
                return refilled;
        }
        size_t have = stream->in_end - stream->in_start;
        struct capture_codec_io io = {
            stream->in + stream->in_start, have, bytes, size, stream->in_eof, NULL};
        enum capture_codec_result result = stream->codec->run(stream->codec_state, &io);
        stream->in_start += have - io.in_left;
        stream->codec_holds = io.out_left == 0;
        *got = size - io.out_left;
        if (result == CAPTURE_CODEC_BAD)
            codec_stuck(stream, io.why); /* told once what came before it was taken */
        if (*got > 0)
            return CAPTURE_STREAM_BYTES;
        if (stream->broken)
            return CAPTURE_STREAM_ERROR;
        enum capture_stream_result next = after_no_output(stream, result, have - io.in_left);
        if (next != CAPTURE_STREAM_BYTES)
            return next;
    }
}

enum capture_stream_result capture_stream_read(struct capture_stream *stream, uint8_t *bytes,
                                               size_t size, size_t *got)
{
    *got = 0;
    if (stream->broken)
        return CAPTURE_STREAM_ERROR;
    if (!stream->detected) {
        enum capture_stream_result result = detect(stream);
        if (result != CAPTURE_STREAM_BYTES)
            return result;
    }
    if (stream->codec == NULL)
        return read_plain(stream, bytes, size, got);
    return read_decoded(stream, bytes, size, got);
}

static int open_name(const char *name, struct capture_error *error)
{
    if (strcmp(name, "-") == 0) {
        if (!isatty(STDIN_FILENO))
            return STDIN_FILENO;
        capture_error_set(error, _("standard input: it is a terminal; pipe a capture into it: "
                                   "tcpdump -U -w - | tcpviz -r -"));
        return -1;
    }
    int fd = guard_open(name, GUARD_READ);
    if (fd < 0)
        capture_error_set(error, "%s: %s%s", name, strerror(errno),
                          errno == EACCES ? _("; use sudo, or make it readable: sudo chmod a+r")
                                          : "");
    return fd;
}

static void learn_size(struct capture_stream *stream, const struct stat *status)
{
    stream->pollable = !S_ISREG(status->st_mode);
    off_t at = stream->pollable ? 0 : lseek(stream->fd, 0, SEEK_CUR);
    if (!stream->pollable && at >= 0 && status->st_size > at)
        stream->total_bytes = (uint64_t)(status->st_size - at);
}

struct capture_stream *capture_stream_open(const char *name, struct capture_error *error)
{
    int fd = open_name(name, error);
    if (fd < 0)
        return NULL;
    struct stat status;
    bool is_stdin = strcmp(name, "-") == 0;
    bool failed = fstat(fd, &status) != 0;
    if (failed)
        capture_error_set(error, "%s: %s", name, strerror(errno));
    else if (S_ISDIR(status.st_mode)) {
        capture_error_set(error, _("%s: it is a directory; name a capture file in it"), name);
        failed = true;
    }
    if (failed) {
        if (!is_stdin)
            close(fd);
        return NULL;
    }
    struct capture_stream *stream = base_calloc(1, sizeof *stream);
    stream->fd = fd;
    stream->is_stdin = is_stdin;
    stream->name = base_strdup(name);
    stream->in = base_alloc(CAPTURE_STREAM_PIECE);
    learn_size(stream, &status);
    return stream;
}

void capture_stream_close(struct capture_stream *stream)
{
    if (stream == NULL)
        return;
    if (stream->codec_state != NULL)
        stream->codec->close(stream->codec_state);
    if (!stream->is_stdin)
        close(stream->fd);
    free(stream->in);
    free(stream->name);
    free(stream);
}

const char *capture_stream_error(const struct capture_stream *stream)
{
    return stream->why;
}

int capture_stream_fd(const struct capture_stream *stream)
{
    return stream->pollable ? stream->fd : -1;
}

bool capture_stream_is_compressed(const struct capture_stream *stream)
{
    return stream->codec != NULL;
}

void capture_stream_progress(const struct capture_stream *stream, uint64_t *read_bytes,
                             uint64_t *total_bytes)
{
    *read_bytes = stream->read_bytes;
    *total_bytes = stream->total_bytes;
}
