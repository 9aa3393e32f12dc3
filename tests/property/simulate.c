/* The clock, the wire and the captures. */
#include "config.h"

#include "simulate.h"

#include <string.h>

#include "host.h"

#define MAX_FLYING 256
#define START_NS INT64_C(1700000000000000000)
#define LONGEST_NS (1000 * SIM_SECOND)

/* A segment on its way. */
struct flying {
    struct wire_segment segment;
    int64_t arrival_ns;
    uint8_t to;
};

struct world {
    struct sim *sim;
    struct random *random;
    struct host host[SIM_HOSTS];
    struct flying flying[MAX_FLYING];
    unsigned flights;
    uint16_t sent;   /* segments, forged ones too: each has its number as IP identification */
    unsigned forged; /* how many of the plan's are done */
    int64_t last_ns[SIM_HOSTS]; /* arrival of the latest segment in order, by sender */
    int64_t now_ns;
};

struct wire_endpoint sim_endpoint(unsigned host)
{
    struct wire_endpoint endpoint = {.address = {10, 0, 0, (uint8_t)(host + 1)}, .family = 4};
    endpoint.port = host == SIM_A ? 40000 : 1234;
    return endpoint;
}

static void set_ends(struct wire_segment *segment, unsigned from)
{
    segment->source = sim_endpoint(from);
    segment->destination = sim_endpoint(1 - from);
}

/* A host handles one frame after the other, each takes it some microseconds. */
static uint64_t capture(struct world *world, unsigned at, struct wire_segment *segment)
{
    struct sim_capture *taken = &world->sim->capture[at];
    struct host *host = &world->host[at];
    int64_t time_ns = host->capture_ns + random_between(world->random, 500, 12000);
    if (time_ns < world->now_ns)
        time_ns = world->now_ns;
    if (taken->count == SIM_MAX_FRAMES) {
        world->sim->overflowed = true;
        return 0;
    }
    host->capture_ns = time_ns;
    segment->time_ns = START_NS + time_ns;
    segment->number = taken->count + 1;
    taken->frame[taken->count++] = *segment;
    return segment->number;
}

/* --- the wire --- */

static void fly(struct world *world, unsigned from, const struct wire_segment *segment,
                int64_t arrival_ns)
{
    if (world->flights == MAX_FLYING) {
        world->sim->overflowed = true;
        return;
    }
    struct flying *flying = &world->flying[world->flights++];
    *flying = (struct flying){*segment, arrival_ns, (uint8_t)(1 - from)};
}

static uint64_t put_on_wire(void *context, unsigned from, struct wire_segment *segment)
{
    struct world *world = context;
    struct sim *sim = world->sim;
    const struct sim_path *path = &sim->plan.path[from];
    set_ends(segment, from);
    segment->ip_id = ++world->sent;
    uint64_t frame = capture(world, from, segment);
    if (random_chance(world->random, path->loss)) {
        sim->lost++;
        return frame;
    }
    int64_t arrival_ns = world->host[from].capture_ns + path->delay_ns +
                         random_between(world->random, 0, path->jitter_ns);
    if (random_chance(world->random, path->reorder)) {
        sim->reordered++;
        arrival_ns += random_between(world->random, 0, path->late_ns);
    } else {
        if (arrival_ns <= world->last_ns[from])
            arrival_ns = world->last_ns[from] + 1000;
        world->last_ns[from] = arrival_ns;
    }
    fly(world, from, segment, arrival_ns);
    if (random_chance(world->random, path->duplicate)) {
        sim->duplicated++;
        fly(world, from, segment, arrival_ns + random_between(world->random, 1, path->late_ns));
    }
    return frame;
}

static void arrive(struct world *world, unsigned at)
{
    struct flying flying = world->flying[at];
    world->flying[at] = world->flying[--world->flights];
    uint64_t frame = capture(world, flying.to, &flying.segment);
    host_receive(&world->host[flying.to], &flying.segment, frame);
}

/* --- somebody else --- */

static bool forge(const struct host *victim, uint8_t kind, struct wire_segment *segment)
{
    const struct host_socket *socket = &victim->socket;
    if (socket->state < TRACK_ESTABLISHED || socket->small)
        return false;
    *segment = (struct wire_segment){.flags = WIRE_RST, .seq = socket->rcv_nxt, .window = 1024};
    switch ((enum sim_forgery)kind) {
    case SIM_FORGED_RST_EXACT:
        break;
    case SIM_FORGED_RST_INSIDE:
        segment->seq += 1000;
        break;
    case SIM_FORGED_RST_OUTSIDE:
        segment->seq += 1000000;
        break;
    case SIM_FORGED_SYN:
        segment->flags = WIRE_SYN;
        segment->seq += 5000000;
        break;
    case SIM_FORGED_DATA_OUTSIDE:
        segment->flags = WIRE_ACK | WIRE_PSH;
        segment->seq += 2000000;
        segment->ack = socket->snd_una;
        segment->payload_bytes = segment->captured_payload_bytes = 10;
        break;
    case SIM_FORGED_KINDS:
        return false;
    }
    return true;
}

static void forge_next(struct world *world)
{
    const struct sim_forged *forged = &world->sim->plan.forged[world->forged++];
    struct host *victim = &world->host[forged->victim];
    struct wire_segment segment;
    if (!forge(victim, forged->kind, &segment))
        return;
    set_ends(&segment, 1 - forged->victim);
    segment.ip_id = ++world->sent;
    uint64_t frame = capture(world, forged->victim, &segment);
    host_receive(victim, &segment, frame);
}

/* --- time --- */

static void run_until(struct world *world, int64_t now_ns)
{
    world->now_ns = now_ns;
    for (int i = 0; i < SIM_HOSTS; i++)
        world->host[i].now_ns = now_ns;
}

/* The next thing that happens; false if nothing does any more. */
static bool step(struct world *world)
{
    const struct sim_plan *plan = &world->sim->plan;
    int64_t next_ns = SIM_NEVER;
    int flight = -1, host = -1;
    if (world->forged < plan->forgeries)
        next_ns = plan->forged[world->forged].time_ns;
    for (unsigned i = 0; i < world->flights; i++)
        if (world->flying[i].arrival_ns < next_ns) {
            next_ns = world->flying[i].arrival_ns;
            flight = (int)i;
        }
    for (int i = 0; i < SIM_HOSTS; i++)
        if (host_deadline(&world->host[i]) < next_ns) {
            next_ns = host_deadline(&world->host[i]);
            host = i;
        }
    if (next_ns == SIM_NEVER || next_ns > LONGEST_NS || world->sim->overflowed)
        return false;
    run_until(world, next_ns > world->now_ns ? next_ns : world->now_ns);
    if (host >= 0)
        host_run(&world->host[host]);
    else if (flight >= 0)
        arrive(world, (unsigned)flight);
    else
        forge_next(world);
    return true;
}

static void start(struct world *world)
{
    struct sim *sim = world->sim;
    for (unsigned i = 0; i < SIM_HOSTS; i++) {
        struct host *host = &world->host[i];
        *host =
            (struct host){.plan = &sim->plan.host[i],
                          .history = &sim->history[i],
                          .random = world->random,
                          .index = i,
                          .round_trip_ns = sim->plan.path[0].delay_ns + sim->plan.path[1].delay_ns,
                          .send = put_on_wire,
                          .context = world};
        host_start(host);
    }
}

void sim_run(struct sim *sim, struct random *random)
{
    struct world world = {.sim = sim, .random = random};
    for (unsigned i = 0; i < SIM_HOSTS; i++)
        sim->capture[i].count = sim->history[i].count = 0;
    sim->lost = sim->duplicated = sim->reordered = 0;
    sim->overflowed = false;
    start(&world);
    while (step(&world))
        ;
    sim->reopened = world.host[SIM_A].reopened || world.host[SIM_B].reopened;
    for (unsigned i = 0; i < SIM_HOSTS; i++) {
        for (unsigned k = 0; k < sim->history[i].count; k++)
            sim->history[i].transition[k].time_ns += START_NS;
        if (sim->history[i].count == SIM_MAX_TRANSITIONS)
            sim->overflowed = true;
    }
}
