/* The compression formats, each a codec that turns pieces of input into pieces of output. */
#ifndef TCPVIZ_CAPTURE_DECOMPRESS_H
#define TCPVIZ_CAPTURE_DECOMPRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum capture_codec_result {
    CAPTURE_CODEC_MIDDLE,   /* more input must follow */
    CAPTURE_CODEC_BOUNDARY, /* the input may end here: all that was begun is whole */
    CAPTURE_CODEC_BAD       /* damaged; io->why says how */
};

/* One step: the codec takes from the front of in and puts at the front of out. */
struct capture_codec_io {
    const uint8_t *in;
    size_t in_left;
    uint8_t *out;
    size_t out_left;
    bool last; /* no input will follow that in in */
    const char *why;
};

struct capture_codec {
    const char *name;
    const char *tool; /* a command that decompresses to standard output */
    const char *magic;
    size_t magic_length;
    /* All NULL when this program cannot do it. */
    void *(*open)(void);
    enum capture_codec_result (*run)(void *state, struct capture_codec_io *io);
    void (*close)(void *state);
    bool known_library; /* it could be built in */
};

/* Enough bytes to know every codec by. */
#define CAPTURE_CODEC_MAGIC 6

/* The codec whose magic these bytes begin with, NULL if they are none's. */
const struct capture_codec *capture_codec_find(const uint8_t *bytes, size_t length);

#endif
