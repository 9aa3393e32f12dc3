/* The cases of a sink's open connections. */
#include "config.h"

#include "out/cases.h"

void out_cases_free(struct out_cases *cases)
{
    struct explain_case *kase;
    for (size_t at = 0; (kase = base_u64map_next(&cases->map, &at)) != NULL;)
        explain_case_free(kase);
    base_u64map_free(&cases->map);
}

static bool is_lone_syn(const struct track_event *event)
{
    return event->kind == TRACK_EVENT_SEGMENT && event->first_of_connection &&
           (event->flags & (WIRE_SYN | WIRE_ACK | WIRE_FIN | WIRE_RST)) == WIRE_SYN &&
           event->payload_bytes == 0 && event->checks[TRACK_CHECK_CHECKSUM].outcome != TRACK_BREAKS;
}

/* The first event that is more than a SYN: the case is told of the SYN before. */
static struct explain_case *open_case(struct out_cases *cases, const struct track_conn *conn,
                                      const struct track_event *event)
{
    struct explain_case *kase = explain_case_new();
    base_u64map_put(&cases->map, event->connection, kase);
    if (event->first_of_connection || conn == NULL)
        return kase;
    int64_t start_ns;
    if (track_conn_began(conn, &start_ns))
        explain_case_opened(kase, start_ns);
    return kase;
}

void out_cases_expect(const struct out_cases *cases, uint64_t connection)
{
    explain_case_prefetch(base_u64map_get(&cases->map, connection));
}

void out_cases_event(struct out_cases *cases, const struct track_conn *conn,
                     const struct track_event *event)
{
    if (event->time_ns > cases->now_ns)
        cases->now_ns = event->time_ns;
    struct explain_case *kase = base_u64map_get(&cases->map, event->connection);
    if (kase == NULL && (is_lone_syn(event) || event->kind == TRACK_EVENT_TIMER))
        return;
    if (kase == NULL)
        kase = open_case(cases, conn, event);
    explain_case_event(kase, event);
}

void out_cases_transition(struct out_cases *cases, const struct track_conn *conn,
                          const struct track_transition *transition)
{
    struct explain_case *kase = base_u64map_get(&cases->map, track_conn_number(conn));
    if (kase != NULL)
        explain_case_transition(kase, transition);
}

size_t out_cases_close(struct out_cases *cases, const struct track_connection *record,
                       struct explain_diagnosis out[EXPLAIN_MAX_DIAGNOSES])
{
    struct explain_case *kase = base_u64map_remove(&cases->map, record->number);
    size_t count = explain_diagnose(kase, record, NULL, 0, cases->now_ns, out);
    explain_case_free(kase);
    return count;
}
