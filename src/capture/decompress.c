/* gzip, zstd, xz and lz4 by their libraries; others are named so that their tool can be. */
#include "config.h"

#include "capture/decompress.h"

#include <stdlib.h>
#include <string.h>

#ifdef HAVE_ZLIB
#include <zlib.h>
#endif
#ifdef HAVE_ZSTD
#include <zstd.h>
#endif
#ifdef HAVE_LZMA
#include <lzma.h>
#endif
#ifdef HAVE_LZ4
#include <lz4frame.h>
#endif

#include "base/xalloc.h"

#ifdef HAVE_ZLIB
struct gzip {
    z_stream z;
    bool at_boundary; /* a member ended and no byte of the next one came */
};

static void *gzip_open(void)
{
    struct gzip *gzip = base_calloc(1, sizeof *gzip);
    if (inflateInit2(&gzip->z, 15 + 16) != Z_OK) /* 16: gzip's header, not zlib's */
        base_out_of_memory(0);
    return gzip;
}

static void gzip_close(void *state)
{
    struct gzip *gzip = state;
    inflateEnd(&gzip->z);
    free(gzip);
}

/* Tapes and some writers fill the last block with zeros; gzip(1) ignores them too. */
static void gzip_skip_padding(const struct gzip *gzip, struct capture_codec_io *io)
{
    while (gzip->at_boundary && io->in_left > 0 && io->in[0] == 0) {
        io->in++;
        io->in_left--;
    }
}

static enum capture_codec_result gzip_run(void *state, struct capture_codec_io *io)
{
    struct gzip *gzip = state;
    gzip_skip_padding(gzip, io);
    if (gzip->at_boundary && io->in_left == 0)
        return CAPTURE_CODEC_BOUNDARY;
    gzip->at_boundary = false;
    gzip->z.next_in = (Bytef *)(uintptr_t)io->in;
    gzip->z.avail_in = (uInt)io->in_left;
    gzip->z.next_out = io->out;
    gzip->z.avail_out = (uInt)io->out_left;
    int result = inflate(&gzip->z, Z_NO_FLUSH);
    io->in = gzip->z.next_in;
    io->in_left = gzip->z.avail_in;
    io->out = gzip->z.next_out;
    io->out_left = gzip->z.avail_out;
    if (result == Z_STREAM_END) {
        inflateReset(&gzip->z);
        gzip->at_boundary = true;
        return CAPTURE_CODEC_BOUNDARY;
    }
    if (result == Z_OK || result == Z_BUF_ERROR)
        return CAPTURE_CODEC_MIDDLE;
    if (result == Z_MEM_ERROR)
        base_out_of_memory(0);
    io->why = gzip->z.msg != NULL ? gzip->z.msg : "unknown error";
    return CAPTURE_CODEC_BAD;
}
#else
#define gzip_open NULL
#define gzip_run NULL
#define gzip_close NULL
#endif

#ifdef HAVE_ZSTD
struct zstd {
    ZSTD_DStream *stream;
    bool at_boundary;
};

static void *zstd_open(void)
{
    struct zstd *zstd = base_calloc(1, sizeof *zstd);
    zstd->stream = ZSTD_createDStream();
    if (zstd->stream == NULL)
        base_out_of_memory(0);
    return zstd;
}

static void zstd_close(void *state)
{
    struct zstd *zstd = state;
    ZSTD_freeDStream(zstd->stream);
    free(zstd);
}

static enum capture_codec_result zstd_run(void *state, struct capture_codec_io *io)
{
    struct zstd *zstd = state;
    if (zstd->at_boundary && io->in_left == 0)
        return CAPTURE_CODEC_BOUNDARY;
    ZSTD_inBuffer in = {io->in, io->in_left, 0};
    ZSTD_outBuffer out = {io->out, io->out_left, 0};
    size_t result = ZSTD_decompressStream(zstd->stream, &out, &in);
    io->in += in.pos;
    io->in_left -= in.pos;
    io->out += out.pos;
    io->out_left -= out.pos;
    if (ZSTD_isError(result)) {
        io->why = ZSTD_getErrorName(result);
        return CAPTURE_CODEC_BAD;
    }
    zstd->at_boundary = result == 0;
    return result == 0 ? CAPTURE_CODEC_BOUNDARY : CAPTURE_CODEC_MIDDLE;
}
#else
#define zstd_open NULL
#define zstd_run NULL
#define zstd_close NULL
#endif

#ifdef HAVE_LZMA
/* xz -9 asks for 65 MiB; a hostile file could ask for 4 GiB. */
#define XZ_MEMORY_LIMIT (256u << 20)

static void *xz_open(void)
{
    lzma_stream *xz = base_alloc(sizeof *xz);
    *xz = (lzma_stream)LZMA_STREAM_INIT;
    if (lzma_stream_decoder(xz, XZ_MEMORY_LIMIT, LZMA_CONCATENATED) != LZMA_OK)
        base_out_of_memory(0);
    return xz;
}

static void xz_close(void *state)
{
    lzma_end(state);
    free(state);
}

static const char *xz_why(lzma_ret result)
{
    switch ((int)result) {
    case LZMA_MEMLIMIT_ERROR:
        return "it needs more than 256 MiB of memory";
    case LZMA_OPTIONS_ERROR:
        return "unknown options";
    case LZMA_FORMAT_ERROR:
        return "not xz data";
    default:
        return "corrupt data";
    }
}

static enum capture_codec_result xz_run(void *state, struct capture_codec_io *io)
{
    lzma_stream *xz = state;
    xz->next_in = io->in;
    xz->avail_in = io->in_left;
    xz->next_out = io->out;
    xz->avail_out = io->out_left;
    lzma_ret result = lzma_code(xz, io->last ? LZMA_FINISH : LZMA_RUN);
    io->in = xz->next_in;
    io->in_left = xz->avail_in;
    io->out = xz->next_out;
    io->out_left = xz->avail_out;
    if (result == LZMA_STREAM_END)
        return CAPTURE_CODEC_BOUNDARY;
    if (result == LZMA_OK || result == LZMA_BUF_ERROR)
        return CAPTURE_CODEC_MIDDLE;
    if (result == LZMA_MEM_ERROR)
        base_out_of_memory(0);
    io->why = xz_why(result);
    return CAPTURE_CODEC_BAD;
}
#else
#define xz_open NULL
#define xz_run NULL
#define xz_close NULL
#endif

#ifdef HAVE_LZ4
struct lz4 {
    LZ4F_dctx *context;
    bool at_boundary;
};

static void *lz4_open(void)
{
    struct lz4 *lz4 = base_calloc(1, sizeof *lz4);
    if (LZ4F_isError(LZ4F_createDecompressionContext(&lz4->context, LZ4F_VERSION)))
        base_out_of_memory(0);
    return lz4;
}

static void lz4_close(void *state)
{
    struct lz4 *lz4 = state;
    LZ4F_freeDecompressionContext(lz4->context);
    free(lz4);
}

static enum capture_codec_result lz4_run(void *state, struct capture_codec_io *io)
{
    struct lz4 *lz4 = state;
    if (lz4->at_boundary && io->in_left == 0)
        return CAPTURE_CODEC_BOUNDARY;
    size_t taken = io->in_left, put = io->out_left;
    size_t result = LZ4F_decompress(lz4->context, io->out, &put, io->in, &taken, NULL);
    if (LZ4F_isError(result)) {
        io->why = LZ4F_getErrorName(result);
        return CAPTURE_CODEC_BAD;
    }
    io->in += taken;
    io->in_left -= taken;
    io->out += put;
    io->out_left -= put;
    lz4->at_boundary = result == 0;
    return result == 0 ? CAPTURE_CODEC_BOUNDARY : CAPTURE_CODEC_MIDDLE;
}
#else
#define lz4_open NULL
#define lz4_run NULL
#define lz4_close NULL
#endif

static const struct capture_codec codecs[] = {
    {"gzip", "gzip -dc", "\x1f\x8b", 2, gzip_open, gzip_run, gzip_close, true},
    {"zstd", "zstd -dc", "\x28\xb5\x2f\xfd", 4, zstd_open, zstd_run, zstd_close, true},
    {"xz", "xz -dc", "\xfd\x37zXZ\0", 6, xz_open, xz_run, xz_close, true},
    {"lz4", "lz4 -dc", "\x04\x22\x4d\x18", 4, lz4_open, lz4_run, lz4_close, true},
    {"lz4 (legacy form)", "lz4 -dc", "\x02\x21\x4c\x18", 4, NULL, NULL, NULL, false},
    {"bzip2", "bzip2 -dc", "BZh", 3, NULL, NULL, NULL, false},
    {"compress", "gzip -dc", "\x1f\x9d", 2, NULL, NULL, NULL, false},
    {"lzip", "lzip -dc", "LZIP", 4, NULL, NULL, NULL, false},
    {"zip", "unzip -p", "PK\x03\x04", 4, NULL, NULL, NULL, false},
    {"7-Zip", "7z x -so", "7z\xbc\xaf\x27\x1c", 6, NULL, NULL, NULL, false},
};

const struct capture_codec *capture_codec_find(const uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < sizeof codecs / sizeof codecs[0]; i++)
        if (length >= codecs[i].magic_length &&
            memcmp(bytes, codecs[i].magic, codecs[i].magic_length) == 0)
            return &codecs[i];
    return NULL;
}
