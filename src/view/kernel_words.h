/* What this host's kernel says of an end, in words. */
#ifndef TCPVIZ_VIEW_KERNEL_WORDS_H
#define TCPVIZ_VIEW_KERNEL_WORDS_H

#include <stdbool.h>

#include "base/strbuf.h"
#include "track/event.h"

/* "FIN_WAIT_1, not ESTABLISHED  python3 (123)  retransmit in 200 ms  unread 0 B, unacked 1.2 kB …";
 * now_ns: since the epoch. Appends. */
void view_add_kernel(struct base_strbuf *out, const struct track_kernel_socket *socket,
                     int64_t now_ns, bool ascii);
/* "ESTABLISHED", with a mark where it disagrees; "python3 (123)" or nothing. Append. */
void view_add_kernel_state(struct base_strbuf *out, const struct track_kernel_socket *socket);
void view_add_kernel_process(struct base_strbuf *out, const struct track_kernel_socket *socket);
/* "ESTABLISHED python3 (123)", of a record; nothing if the kernel was not asked. Appends. */
void view_add_kernel_word(struct base_strbuf *out, const struct track_end_record *end);

#endif
