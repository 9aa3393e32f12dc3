/* The bytes of a file, pipe or standard input, decompressed when their first ones say so. */
#ifndef TCPVIZ_CAPTURE_STREAM_H
#define TCPVIZ_CAPTURE_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/source.h"

/* What one read(2) asks for: measured to beat mmap and smaller pieces. */
#define CAPTURE_STREAM_PIECE (256u * 1024)

struct capture_stream;

enum capture_stream_result {
    CAPTURE_STREAM_BYTES, /* at least one */
    CAPTURE_STREAM_WAIT,  /* a pipe has none now */
    CAPTURE_STREAM_END,
    CAPTURE_STREAM_ERROR /* capture_stream_error() */
};

/* NULL and *error (with the name in front). "-" is standard input. */
struct capture_stream *capture_stream_open(const char *name, struct capture_error *error);
void capture_stream_close(struct capture_stream *stream);

enum capture_stream_result capture_stream_read(struct capture_stream *stream, uint8_t *bytes,
                                               size_t size, size_t *got);
/* Why it broke, without the name. */
const char *capture_stream_error(const struct capture_stream *stream);

/* The descriptor if it can be polled, else -1. */
int capture_stream_fd(const struct capture_stream *stream);
bool capture_stream_is_compressed(const struct capture_stream *stream);
/* Bytes read and to be read, as stored; total 0 if not known. */
void capture_stream_progress(const struct capture_stream *stream, uint64_t *read_bytes,
                             uint64_t *total_bytes);

#endif
