/* The public face of the sources: dispatch over each kind's table. */
#include "config.h"

#include "capture/source.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "capture/impl.h"
#include "capture/linktype.h"

void capture_error_set(struct capture_error *error, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(error->text, sizeof error->text, format, args);
    va_end(args);
}

void capture_source_close(struct capture_source *source)
{
    if (source != NULL)
        source->ops->close(source);
}

enum capture_status capture_source_read(struct capture_source *source, unsigned max,
                                        capture_packet_fn *deliver, void *context)
{
    if (source->final != CAPTURE_MORE)
        return source->final;
    enum capture_status status = source->ops->read(source, max, deliver, context);
    if (status == CAPTURE_END || status == CAPTURE_ERROR)
        source->final = status;
    return status;
}

int capture_source_fd(const struct capture_source *source)
{
    return source->ops->fd(source);
}

bool capture_source_is_live(const struct capture_source *source)
{
    return source->ops->is_live(source);
}

const char *capture_source_name(const struct capture_source *source)
{
    return source->name;
}

const char *capture_source_error(const struct capture_source *source)
{
    return source->error.text;
}

uint32_t capture_source_link_type(const struct capture_source *source)
{
    return source->ops->link_type(source);
}

bool capture_source_sees_twice(const struct capture_source *source)
{
    uint32_t link_type = capture_source_link_type(source);
    return link_type == LINKTYPE_LINUX_SLL || link_type == LINKTYPE_LINUX_SLL2;
}

void capture_source_stats(struct capture_source *source, struct capture_stats *out)
{
    *out = (struct capture_stats){0};
    source->ops->stats(source, out);
    out->packets = source->delivered;
}
