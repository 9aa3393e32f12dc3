/* Fuzzes the display filter: any text is taken or refused with a place in it, and what is taken
 * answers for a connection. */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "filter/filter.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

_Noreturn void base_out_of_memory(size_t size_bytes)
{
    (void)size_bytes;
    abort();
}

static struct track_connection sample(void)
{
    struct track_connection connection = {.number = 3,
                                          .incarnation = 2,
                                          .start_ns = INT64_C(1700000000000000000),
                                          .end_ns = INT64_C(1700000001000000000),
                                          .handshake_server_ns = 20000,
                                          .handshake_client_ns = -1,
                                          .zeek_history = "ShADadFf",
                                          .zeek_conn_state = "SF"};
    for (unsigned side = 0; side < 2; side++) {
        struct track_end_record *end = &connection.end[side];
        end->endpoint = (struct wire_endpoint){{10, 0, 0, (uint8_t)side}, 80, 4, 0};
        end->packets = UINT64_MAX;
        end->payload_bytes = 1000;
        end->state = TRACK_TIME_WAIT;
    }
    connection.findings[TRACK_RETRANSMISSION] = UINT32_MAX;
    return connection;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct filter_error error;
    const struct track_connection connection = sample();
    const struct filter_subject subject = {
        .connection = &connection,
        .names = {"client", NULL},
        .now_ns = INT64_MAX,
        .first_ns = INT64_C(1600000000000000000),
    };
    char *text = base_alloc(length + 1);
    if (length > 0)
        memcpy(text, bytes, length);
    text[length] = '\0';
    struct filter *filter = filter_new(text, &error);
    if (filter == NULL) {
        if (error.text[0] == '\0' || error.offset > strlen(text) ||
            error.length > strlen(text) - error.offset)
            abort();
    } else {
        /* the same each time */
        if (filter_matches(filter, &subject) != filter_matches(filter, &subject))
            abort();
        filter_free(filter);
    }
    free(text);
    return 0;
}
