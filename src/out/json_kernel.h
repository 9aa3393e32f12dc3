/* What a host's kernel says, in JSON: a record of its own, and fields of an end's. */
#ifndef TCPVIZ_OUT_JSON_KERNEL_H
#define TCPVIZ_OUT_JSON_KERNEL_H

#include <stdint.h>

#include "out/jsonw.h"
#include "track/kernel_socket.h"

/* An endpoint as one string; nothing if it has no address. */
void out_json_key_endpoint(struct out_jsonw *writer, const char *key,
                           const struct wire_endpoint *endpoint);
/* A record of type kernel. */
void out_json_kernel(struct out_jsonw *writer, const struct track_kernel_socket *socket,
                     uint64_t connection);
/* Keys and values into an open object; nothing if the kernel was not asked. */
void out_json_kernel_word(struct out_jsonw *writer, const struct track_kernel_word *word);

#endif
