/* gen [-n] [-i STEP_US] SHAPE PACKETS: a capture of made-up connections on standard output, the
 * same bytes for the same arguments, and its exact tally as one line of JSON on standard error.
 *
 * The tally comes from two state machines a connection that know what was sent, not from the
 * frames: tcpviz has to find the same by reading. -n writes pcapng instead of pcap; packets are
 * STEP_US (10) microseconds apart. */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "frames.h"
#include "random.h"

#define START_US (UINT64_C(1700000000) * 1000000)
#define TIME_WAIT_US (UINT64_C(60) * 1000000)
#define CLOSE_PACKETS 4

enum side { CLIENT, SERVER };
enum state {
    UNKNOWN,
    CLOSED,
    SYN_SENT,
    SYN_RECEIVED,
    ESTABLISHED,
    FIN_WAIT_1,
    FIN_WAIT_2,
    CLOSE_WAIT,
    LAST_ACK,
    TIME_WAIT,
    STATES
};

static const char *const state_names[STATES] = {
    "UNKNOWN",    "CLOSED",     "SYN_SENT",   "SYN_RECEIVED", "ESTABLISHED",
    "FIN_WAIT_1", "FIN_WAIT_2", "CLOSE_WAIT", "LAST_ACK",     "TIME_WAIT",
};

struct conn {
    uint32_t next[2]; /* sequence numbers */
    uint32_t serial;  /* from 1; 0: not begun */
    uint32_t step, length;
    uint8_t state[2];
};

/* When TIME_WAITs began, oldest first: all last as long, so they end in that order. */
struct waits {
    struct {
        uint64_t since_us;
        enum side side;
    } * items; /* owned */
    size_t first, end, capacity;
};

struct gen {
    struct frames *frames;
    struct random random;
    struct waits waits;
    uint64_t left; /* packets */
    uint64_t time_us, step_us;
    uint32_t serials;
    uint64_t packets, connections, transitions, payload_bytes, unique_bytes;
    uint64_t ends[2][STATES]; /* of connections that were let go */
};

static void *allocate(size_t count, size_t size)
{
    void *memory = calloc(count, size);
    if (memory == NULL)
        abort();
    return memory;
}

/* --- connections and their two states --- */

static struct frames_end end_of(const struct conn *conn, enum side side)
{
    /* An odd factor permutes 24 bits: no two connections share an address and a port. */
    if (side == CLIENT)
        return (struct frames_end){0x0a000000 | ((conn->serial * 2654435761u) & 0xffffff),
                                   (uint16_t)(1024 + conn->serial % 60000)};
    return (struct frames_end){0xc0000201 + conn->serial % 16, 443};
}

static void begin(struct gen *gen, struct conn *conn, uint32_t length)
{
    *conn = (struct conn){.serial = ++gen->serials, .length = length, .state = {CLOSED, UNKNOWN}};
    conn->next[CLIENT] = (uint32_t)random_next(&gen->random);
    conn->next[SERVER] = (uint32_t)random_next(&gen->random);
}

static void add_wait(struct gen *gen, enum side side)
{
    struct waits *waits = &gen->waits;
    if (waits->end == waits->capacity) {
        waits->capacity = waits->capacity * 2 + 1024;
        waits->items = realloc(waits->items, waits->capacity * sizeof *waits->items);
        if (waits->items == NULL)
            abort();
    }
    waits->items[waits->end].since_us = gen->time_us;
    waits->items[waits->end++].side = side;
}

static void end_waits(struct gen *gen)
{
    struct waits *waits = &gen->waits;
    while (waits->first < waits->end &&
           waits->items[waits->first].since_us + TIME_WAIT_US <= gen->time_us) {
        gen->ends[waits->items[waits->first++].side][CLOSED]++;
        gen->transitions++;
    }
}

static void move(struct gen *gen, struct conn *conn, enum side side, enum state to)
{
    conn->state[side] = (uint8_t)to;
    gen->transitions++;
    if (to == TIME_WAIT)
        add_wait(gen, side);
}

static void sent(struct gen *gen, struct conn *conn, enum side side, unsigned flags)
{
    enum state state = conn->state[side];
    if ((flags & FRAMES_SYN) != 0)
        move(gen, conn, side, state == CLOSED ? SYN_SENT : SYN_RECEIVED);
    else if (state == SYN_SENT)
        move(gen, conn, side, ESTABLISHED);
    else if ((flags & FRAMES_FIN) != 0)
        move(gen, conn, side, state == ESTABLISHED ? FIN_WAIT_1 : LAST_ACK);
}

/* Every ACK here covers all that was sent before. */
static void received(struct gen *gen, struct conn *conn, enum side side, unsigned flags)
{
    enum state state = conn->state[side];
    if (state == SYN_RECEIVED)
        move(gen, conn, side, ESTABLISHED);
    else if (state == FIN_WAIT_1)
        move(gen, conn, side, FIN_WAIT_2);
    else if (state == LAST_ACK)
        move(gen, conn, side, CLOSED);
    if ((flags & FRAMES_FIN) != 0)
        move(gen, conn, side, conn->state[side] == ESTABLISHED ? CLOSE_WAIT : TIME_WAIT);
}

/* No more of this connection: its states count, but for a TIME_WAIT, which may yet end. */
static void let_go(struct gen *gen, const struct conn *conn)
{
    bool begun = conn->state[SERVER] != UNKNOWN || conn->state[CLIENT] != CLOSED;
    for (int side = 0; side < 2 && begun; side++)
        if (conn->state[side] != TIME_WAIT)
            gen->ends[side][conn->state[side]]++;
}

/* --- packets --- */

/* Writes a segment unless there were enough. */
static void put(struct gen *gen, const struct conn *conn, enum side side,
                struct frames_segment *segment)
{
    if (gen->left == 0)
        return;
    gen->left--;
    gen->packets++;
    gen->time_us += gen->step_us;
    end_waits(gen);
    segment->source = end_of(conn, side);
    segment->destination = end_of(conn, side == CLIENT ? SERVER : CLIENT);
    segment->time_us = gen->time_us;
    gen->payload_bytes += segment->payload_bytes;
    frames_add(gen->frames, segment);
}

/* The next segment of one side, which takes in all that the other sent. */
static void send_next(struct gen *gen, struct conn *conn, enum side side, unsigned flags,
                      uint32_t payload_bytes)
{
    enum side peer = side == CLIENT ? SERVER : CLIENT;
    struct frames_segment segment = {
        .seq = conn->next[side],
        .ack = (flags & FRAMES_ACK) != 0 ? conn->next[peer] : 0,
        .payload_bytes = payload_bytes,
        .flags = (uint8_t)flags,
    };
    if (gen->left == 0)
        return;
    gen->connections += flags == FRAMES_SYN;
    put(gen, conn, side, &segment);
    gen->unique_bytes += payload_bytes;
    conn->next[side] += payload_bytes + ((flags & (FRAMES_SYN | FRAMES_FIN)) != 0);
    sent(gen, conn, side, flags);
    received(gen, conn, peer, flags);
}

static void send_open(struct gen *gen, struct conn *conn, uint32_t step)
{
    if (step == 0)
        send_next(gen, conn, CLIENT, FRAMES_SYN, 0);
    else if (step == 1)
        send_next(gen, conn, SERVER, FRAMES_SYN | FRAMES_ACK, 0);
    else
        send_next(gen, conn, CLIENT, FRAMES_ACK, 0);
}

/* Each second connection is closed by its server. */
static void send_close(struct gen *gen, struct conn *conn, uint32_t step)
{
    enum side closer = conn->serial % 2 == 0 ? SERVER : CLIENT;
    enum side other = closer == CLIENT ? SERVER : CLIENT;
    if (step == 0)
        send_next(gen, conn, closer, FRAMES_FIN | FRAMES_ACK, 0);
    else if (step == 1)
        send_next(gen, conn, other, FRAMES_ACK, 0);
    else if (step == 2)
        send_next(gen, conn, other, FRAMES_FIN | FRAMES_ACK, 0);
    else
        send_next(gen, conn, closer, FRAMES_ACK, 0);
}

static void send_data(struct gen *gen, struct conn *conn, enum side side, uint32_t most)
{
    send_next(gen, conn, side, FRAMES_PSH | FRAMES_ACK, 1 + random_below(&gen->random, most));
}

/* The next packet of a connection of conn->length packets. */
static void send_step(struct gen *gen, struct conn *conn)
{
    uint32_t step = conn->step++;
    if (step < 3)
        send_open(gen, conn, step);
    else if (step >= conn->length - CLOSE_PACKETS)
        send_close(gen, conn, step - (conn->length - CLOSE_PACKETS));
    else
        send_data(gen, conn, step % 2 == 1 ? CLIENT : SERVER, 200);
}

/* --- shapes --- */

static void let_all_go(struct gen *gen, struct conn *conns, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (conns[i].serial != 0)
            let_go(gen, &conns[i]);
    free(conns);
}

static uint32_t conversation_length(struct gen *gen)
{
    return 8 + random_below(&gen->random, 180);
}

/* 10,000 connections at once of about 100 packets, each packet of another one. */
static void shape_many(struct gen *gen)
{
    enum { AT_ONCE = 10000 };
    struct conn *conns = allocate(AT_ONCE, sizeof *conns);
    while (gen->left > 0) {
        struct conn *conn = &conns[random_below(&gen->random, AT_ONCE)];
        if (conn->serial != 0 && conn->step == conn->length)
            let_go(gen, conn);
        if (conn->serial == 0 || conn->step == conn->length)
            begin(gen, conn, conversation_length(gen));
        send_step(gen, conn);
    }
    let_all_go(gen, conns, AT_ONCE);
}

/* Step i of connection i - i * LAG, so that handshakes and closes overlap. */
static void overlap(struct gen *gen, struct conn *conns, size_t count, uint32_t steps,
                    void (*send)(struct gen *, struct conn *, uint32_t))
{
    enum { LAG = 1000 };
    for (size_t turn = 0; turn < count + (size_t)(steps - 1) * LAG && gen->left > 0; turn++)
        for (uint32_t step = 0; step < steps; step++)
            if (turn >= (size_t)step * LAG && turn - (size_t)step * LAG < count)
                send(gen, &conns[turn - (size_t)step * LAG], step);
}

/* All of them are opened, then talk in no order, then close: a million with 11 M packets. */
static void shape_million(struct gen *gen)
{
    size_t count = (size_t)(gen->left / 11) + 1;
    struct conn *conns = allocate(count, sizeof *conns);
    for (size_t i = 0; i < count; i++)
        begin(gen, &conns[i], 0);
    uint64_t closing = CLOSE_PACKETS * count;
    overlap(gen, conns, count, 3, send_open);
    while (gen->left > closing) {
        uint64_t number = random_next(&gen->random);
        send_data(gen, &conns[(number >> 1) % count], number % 2 == 0 ? CLIENT : SERVER, 100);
    }
    overlap(gen, conns, count, CLOSE_PACKETS, send_close);
    let_all_go(gen, conns, count);
}

/* SYNs, each from another endpoint; nobody answers. */
static void shape_flood(struct gen *gen)
{
    while (gen->left > 0) {
        struct conn conn;
        begin(gen, &conn, 0);
        send_open(gen, &conn, 0);
        let_go(gen, &conn);
    }
}

/* Four long transfers of full segments, an ACK for two. */
static void shape_elephants(struct gen *gen)
{
    enum { AT_ONCE = 4 };
    struct conn *conns = allocate(AT_ONCE, sizeof *conns);
    for (size_t i = 0; i < AT_ONCE; i++)
        begin(gen, &conns[i], 0);
    overlap(gen, conns, AT_ONCE, 3, send_open);
    uint32_t turn = 0;
    while (gen->left > AT_ONCE * CLOSE_PACKETS) {
        struct conn *conn = &conns[turn / 3 % AT_ONCE];
        if (turn++ % 3 < 2)
            send_next(gen, conn, SERVER, FRAMES_ACK, FRAMES_MAX_PAYLOAD);
        else
            send_next(gen, conn, CLIENT, FRAMES_ACK, 0);
    }
    overlap(gen, conns, AT_ONCE, CLOSE_PACKETS, send_close);
    let_all_go(gen, conns, AT_ONCE);
}

enum fate { ARRIVES, LOST_AFTERWARDS, LOST_BEFORE, OVERTAKEN, FATES };

/* Eight segments; one of them may be lost before or after it was captured, or be overtaken. The
 * receiver asks for it with SACK, the sender repeats it. */
static void send_burst(struct gen *gen, struct conn *conn)
{
    enum { BURST = 8, BYTES = 1000 };
    enum fate fate =
        random_below(&gen->random, 2) == 0 ? ARRIVES : (enum fate)random_below(&gen->random, FATES);
    uint32_t which = random_below(&gen->random, BURST - 1);
    uint32_t start = conn->next[SERVER], hole = start + which * BYTES;
    struct frames_segment data = {
        .ack = conn->next[CLIENT], .payload_bytes = BYTES, .flags = FRAMES_ACK};
    struct frames_segment ack = {.seq = conn->next[CLIENT], .ack = hole, .flags = FRAMES_ACK};
    if (gen->left < 2 * BURST + 4) { /* too few for a whole burst */
        send_data(gen, conn, CLIENT, 100);
        return;
    }
    for (uint32_t i = 0; i < BURST; i++) {
        data.seq = start + (fate == OVERTAKEN && i == which       ? i + 1
                            : fate == OVERTAKEN && i == which + 1 ? i - 1
                                                                  : i) *
                               BYTES;
        if (fate != LOST_BEFORE || i != which)
            put(gen, conn, SERVER, &data);
        if (fate == ARRIVES || fate == OVERTAKEN || i <= which)
            continue;
        ack.sack_left = hole + BYTES;
        ack.sack_right = data.seq + BYTES;
        put(gen, conn, CLIENT, &ack);
    }
    data.seq = hole;
    if (fate == LOST_AFTERWARDS || fate == LOST_BEFORE)
        put(gen, conn, SERVER, &data);
    gen->unique_bytes += BURST * BYTES;
    conn->next[SERVER] += BURST * BYTES;
    send_next(gen, conn, CLIENT, FRAMES_ACK, 0);
}

/* 1000 connections of bursts, half of which have a loss or a reordering. */
static void shape_lossy(struct gen *gen)
{
    enum { AT_ONCE = 1000, CLOSING = AT_ONCE * CLOSE_PACKETS };
    size_t count = gen->left >= AT_ONCE * 20 ? AT_ONCE : 1 + (size_t)gen->left / 20;
    struct conn *conns = allocate(count, sizeof *conns);
    for (size_t i = 0; i < count; i++)
        begin(gen, &conns[i], 0);
    overlap(gen, conns, count, 3, send_open);
    while (gen->left > count * CLOSE_PACKETS)
        send_burst(gen, &conns[random_below(&gen->random, (uint32_t)count)]);
    overlap(gen, conns, count, CLOSE_PACKETS, send_close);
    let_all_go(gen, conns, count);
}

static const struct shape {
    const char *name;
    void (*run)(struct gen *gen);
} shapes[] = {
    {"many", shape_many},           {"million", shape_million}, {"flood", shape_flood},
    {"elephants", shape_elephants}, {"lossy", shape_lossy},
};

/* --- the program --- */

static void print_tally(const struct gen *gen)
{
    static const char *const sides[] = {"client", "server"};
    fprintf(stderr,
            "{\"packets\":%" PRIu64 ",\"connections\":%" PRIu64 ",\"transitions\":%" PRIu64
            ",\"payload_bytes\":%" PRIu64 ",\"unique_bytes\":%" PRIu64,
            gen->packets, gen->connections, gen->transitions, gen->payload_bytes,
            gen->unique_bytes);
    for (int side = 0; side < 2; side++) {
        const char *comma = "";
        fprintf(stderr, ",\"%s\":{", sides[side]);
        for (int state = 0; state < STATES; state++)
            if (gen->ends[side][state] > 0) {
                fprintf(stderr, "%s\"%s\":%" PRIu64, comma, state_names[state],
                        gen->ends[side][state]);
                comma = ",";
            }
        fputc('}', stderr);
    }
    fputs("}\n", stderr);
}

static void count_waits(struct gen *gen)
{
    for (size_t i = gen->waits.first; i < gen->waits.end; i++)
        gen->ends[gen->waits.items[i].side][TIME_WAIT]++;
}

static int usage(void)
{
    fputs("usage: gen [-n] [-i STEP_US] SHAPE PACKETS >FILE\nshapes:", stderr);
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++)
        fprintf(stderr, " %s", shapes[i].name);
    fputc('\n', stderr);
    return 2;
}

static const struct shape *find_shape(const char *name)
{
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++)
        if (strcmp(shapes[i].name, name) == 0)
            return &shapes[i];
    return NULL;
}

int main(int argc, char **argv)
{
    struct gen gen = {.random = {42}, .time_us = START_US, .step_us = 10};
    bool pcapng = false;
    for (int option; (option = getopt(argc, argv, "ni:")) != -1;) {
        if (option == 'n')
            pcapng = true;
        else if (option == 'i')
            gen.step_us = strtoull(optarg, NULL, 10);
        else
            return usage();
    }
    const struct shape *shape = argc - optind == 2 ? find_shape(argv[optind]) : NULL;
    if (shape == NULL)
        return usage();
    gen.left = strtoull(argv[optind + 1], NULL, 10);
    gen.frames = frames_new(stdout, pcapng);
    shape->run(&gen);
    if (!frames_close(gen.frames)) {
        perror("gen");
        return 1;
    }
    count_waits(&gen);
    free(gen.waits.items);
    print_tally(&gen);
    return 0;
}
