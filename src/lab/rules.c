/* Matches segments with rules, and keeps what the rules count from. */
#include "config.h"

#include "lab/rules.h"

#include <string.h>

#include "track/seq.h"

#define STATE_FLAGS (WIRE_FIN | WIRE_SYN | WIRE_RST | WIRE_ACK)

void lab_rules_init(struct lab_rules *rules, const struct lab_scenario *scenario)
{
    *rules = (struct lab_rules){.scenario = scenario};
}

static bool same(const struct wire_endpoint *a, const struct wire_endpoint *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

static void begin_life(struct lab_rules *rules, struct lab_flow *flow)
{
    flow->number = ++rules->connections;
    memset(flow->isn_known, 0, sizeof flow->isn_known);
}

static struct lab_flow *find_flow(struct lab_rules *rules, enum lab_host from,
                                  const struct wire_segment *segment)
{
    enum lab_host to = from == LAB_CLIENT ? LAB_SERVER : LAB_CLIENT;
    for (size_t i = 0; i < rules->flow_count; i++) {
        struct lab_flow *flow = &rules->flows[i];
        if (same(&flow->end[from], &segment->source) && same(&flow->end[to], &segment->destination))
            return flow;
    }
    if (rules->flow_count == LAB_MAX_FLOWS)
        return NULL;
    struct lab_flow *flow = &rules->flows[rules->flow_count++];
    flow->end[from] = segment->source;
    flow->end[to] = segment->destination;
    begin_life(rules, flow);
    return flow;
}

static void update_flow(struct lab_rules *rules, struct lab_flow *flow, enum lab_host from,
                        const struct wire_segment *segment)
{
    bool syn = (segment->flags & WIRE_SYN) != 0, ack = (segment->flags & WIRE_ACK) != 0;
    if (syn && !ack && flow->isn_known[from] && flow->isn[from] != segment->seq)
        begin_life(rules, flow);
    uint32_t end =
        segment->seq + segment->payload_bytes + syn + (segment->flags & WIRE_FIN ? 1 : 0);
    if (syn || !flow->isn_known[from]) {
        flow->isn[from] = syn ? segment->seq : segment->seq - 1;
        flow->isn_known[from] = true;
        flow->next_seq[from] = end;
    } else if ((segment->flags & WIRE_RST) == 0) {
        flow->next_seq[from] = seq_max(flow->next_seq[from], end);
    }
    flow->window[from] = segment->window;
}

/* RST stands for RST with and without ACK; else the four flags are just those that are named. */
static bool has_flags(const struct lab_rule *rule, uint16_t flags)
{
    flags &= STATE_FLAGS;
    return rule->any_flags || flags == rule->flags ||
           (rule->flags == WIRE_RST && flags == (WIRE_RST | WIRE_ACK));
}

static bool is_for(const struct lab_rule *rule, enum lab_host from,
                   const struct wire_segment *segment, int64_t since_start_ns,
                   const struct lab_flow *flow)
{
    if (rule->from != from || !has_flags(rule, segment->flags) || since_start_ns < rule->after_ns ||
        since_start_ns >= rule->until_ns)
        return false;
    if (rule->load != LAB_ANY_LOAD && (rule->load == LAB_DATA) != (segment->payload_bytes > 0))
        return false;
    if (rule->connection != 0 && (flow == NULL || flow->number != rule->connection))
        return false;
    return rule->seq < 0 || (flow != NULL && seq_in_window(flow->isn[from] + (uint32_t)rule->seq,
                                                           segment->seq, segment->payload_bytes));
}

/* Whether chance picks the nth segment that matches: the same ones each time, for a seed. */
static bool is_picked(const struct lab_rule *rule, uint32_t nth)
{
    uint64_t mixed = ((uint64_t)rule->seed << 32 | nth) * UINT64_C(0x9e3779b97f4a7c15);
    mixed = (mixed ^ mixed >> 32) * UINT64_C(0xd6e8feb86659fd93);
    mixed ^= mixed >> 32;
    return mixed % 100 < rule->chance;
}

const struct lab_rule *lab_rules_apply(struct lab_rules *rules, enum lab_host from,
                                       const struct wire_segment *segment, int64_t since_start_ns,
                                       struct lab_flow **flow)
{
    const struct lab_rule *found = NULL;
    *flow = find_flow(rules, from, segment);
    if (*flow != NULL)
        update_flow(rules, *flow, from, segment);
    for (size_t i = 0; i < rules->scenario->rule_count; i++) {
        const struct lab_rule *rule = &rules->scenario->rules[i];
        if (!is_for(rule, from, segment, since_start_ns, *flow))
            continue;
        uint32_t count = ++rules->matched[i];
        if (found == NULL && count >= rule->first && count <= rule->last && is_picked(rule, count))
            found = rule;
    }
    return found;
}
