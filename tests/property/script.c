/* Draws what a run is made of: hosts, wire, and applications that could be real ones. */
#include "config.h"

#include "simulate.h"

/* --- applications --- */

static void add(struct sim_script *script, enum sim_op op, int64_t amount, int64_t patience_ns)
{
    if (script->steps < SIM_MAX_STEPS)
        script->step[script->steps++] = (struct sim_step){(uint8_t)op, amount, patience_ns};
}

static void add_wait(struct sim_script *script, int64_t wait_ns)
{
    add(script, SIM_WAIT, 0, wait_ns);
}

static int64_t some_time(struct random *random)
{
    return random_scaled(random, SIM_MILLISECOND / 20, 400 * SIM_MILLISECOND);
}

static int64_t some_bytes(struct random *random)
{
    return random_scaled(random, 1, 5000);
}

static int64_t patience(struct random *random)
{
    return random_scaled(random, 10 * SIM_MILLISECOND, 4 * SIM_SECOND);
}

static void add_talk(struct sim_script *script, struct random *random)
{
    unsigned calls = random_below(random, 5);
    for (unsigned i = 0; i < calls; i++)
        switch (random_below(random, 4)) {
        case 0:
            add_wait(script, some_time(random));
            break;
        case 1:
            add(script, SIM_WAIT_BYTES, some_bytes(random), patience(random));
            break;
        default:
            add(script, SIM_SEND, some_bytes(random), 0);
            break;
        }
}

/* shutdown() first, and something between it and close(). */
static void add_half_close(struct sim_script *script, struct random *random)
{
    add(script, SIM_SHUTDOWN, 0, 0);
    if (random_chance(random, 700))
        add(script, SIM_WAIT_END, 0, random_chance(random, 700) ? SIM_NEVER : patience(random));
    else if (random_chance(random, 500))
        add_wait(script, some_time(random));
    if (random_chance(random, 100))
        add(script, SIM_ABORT, 0, 0);
    add(script, SIM_CLOSE, 0, 0);
}

static void add_end(struct sim_script *script, struct random *random)
{
    uint32_t kind = random_below(random, 100);
    if (kind < 25) {
        add(script, SIM_CLOSE, 0, 0);
    } else if (kind < 55) {
        add(script, SIM_WAIT_END, 0, random_chance(random, 500) ? SIM_NEVER : patience(random));
        if (random_chance(random, 250))
            add(script, SIM_SEND, some_bytes(random), 0);
        add(script, SIM_CLOSE, 0, 0);
    } else if (kind < 75) {
        add_half_close(script, random);
    } else if (kind < 85) {
        add_wait(script, some_time(random));
        add(script, SIM_CLOSE, 0, 0);
    } else if (kind < 90) {
        add(script, SIM_STOP_READING, 0, 0);
        add_wait(script, some_time(random));
        add(script, SIM_CLOSE, 0, 0);
    } else if (kind < 97) {
        add(script, SIM_ABORT, 0, 0);
    }
}

static void draw_client(struct sim_script *script, struct random *random)
{
    int64_t until_open = random_chance(random, 60) ? patience(random) : SIM_NEVER;
    add(script, SIM_CONNECT, 0, 0);
    add(script, SIM_WAIT_OPEN, 0, until_open);
    add_talk(script, random);
    add_end(script, random);
}

static void draw_server(struct sim_script *script, struct random *random)
{
    add(script, SIM_WAIT_OPEN, 0, SIM_NEVER);
    add_talk(script, random);
    add_end(script, random);
}

/* Both close so many nanoseconds after the connection is there. */
static void close_together(struct sim_plan *plan, struct random *random)
{
    int64_t wait_ns = some_time(random);
    for (int i = 0; i < SIM_HOSTS; i++) {
        struct sim_script *script = &plan->host[i].script;
        script->steps = 0;
        if (i == SIM_A)
            add(script, SIM_CONNECT, 0, 0);
        add(script, SIM_WAIT_OPEN, 0, SIM_NEVER);
        if (random_chance(random, 500))
            add(script, SIM_SEND, some_bytes(random), 0);
        add_wait(script, wait_ns);
        add(script, random_chance(random, 500) ? SIM_CLOSE : SIM_SHUTDOWN, 0, 0);
        add(script, SIM_WAIT_END, 0, SIM_NEVER);
        add(script, SIM_CLOSE, 0, 0);
    }
}

/* --- hosts and wire --- */

/* Often right before the numbers wrap or change their sign. */
static uint32_t draw_iss(struct random *random)
{
    uint32_t before = random_below(random, 6000);
    switch (random_below(random, 4)) {
    case 0:
        return UINT32_MAX - before;
    case 1:
        return UINT32_C(0x80000000) - before;
    default:
        return (uint32_t)random_next(random);
    }
}

static void draw_host(struct sim_host_plan *host, struct random *random)
{
    static const uint32_t mss[] = {536, 1220, 1440, 1460};
    *host = (struct sim_host_plan){
        .iss = draw_iss(random),
        .mss = mss[random_below(random, 4)],
        .send_segments = 1 + random_below(random, 10),
        .timestamp_start = (uint32_t)random_next(random),
        .syn_retries = 1 + random_below(random, 4),
        .syn_ack_retries = 1 + random_below(random, 5),
        .data_retries = 3 + random_below(random, 5),
        .orphan_retries = 1 + random_below(random, 6),
        .fin_timeout_ns = random_chance(random, 300) ? random_between(random, 1, 10) * SIM_SECOND
                                                     : 60 * SIM_SECOND,
        .timestamps = random_chance(random, 600),
        .sack = random_chance(random, 800),
        .nagle = random_chance(random, 500),
        .collapses = random_chance(random, 500),
        .quick_acks = random_chance(random, 500),
        .reuses_time_wait = random_chance(random, 500)};
}

static void draw_path(struct sim_path *path, const struct sim_path *other, struct random *random)
{
    bool alike = random_chance(random, 700);
    path->delay_ns = random_scaled(random, SIM_MILLISECOND / 5, 100 * SIM_MILLISECOND);
    if (other != NULL && alike)
        path->delay_ns = other->delay_ns;
    path->jitter_ns = path->delay_ns / 8;
    path->late_ns = 3 * path->delay_ns;
}

static void spoil_path(struct sim_path *path, struct random *random)
{
    uint32_t most = random_chance(random, 300) ? 250 : 60;
    path->loss = random_below(random, most);
    path->duplicate = random_chance(random, 500) ? random_below(random, most) : 0;
    path->reorder = random_chance(random, 500) ? random_below(random, most) : 0;
}

/* --- what is not every day's connection --- */

/* Both hosts connect to each other, about at the same time. */
static void open_together(struct sim_plan *plan, struct random *random)
{
    struct sim_script talk = {.steps = 0};
    plan->host[SIM_B].listens = false;
    draw_client(&talk, random);
    plan->host[SIM_B].script.steps = 0;
    add_wait(&plan->host[SIM_B].script,
             random_between(random, 0, plan->path[SIM_A].delay_ns + SIM_MILLISECOND));
    for (unsigned i = 0; i < talk.steps; i++)
        add(&plan->host[SIM_B].script, (enum sim_op)talk.step[i].op, talk.step[i].amount,
            talk.step[i].patience_ns);
}

/* The same ports once more: soon, or when TIME_WAIT is over. */
static void connect_again(struct sim_plan *plan, struct random *random)
{
    struct sim_script *script = &plan->host[SIM_A].script;
    script->steps = script->steps > 12 ? 12 : script->steps;
    bool soon = random_chance(random, 700);
    add(script, SIM_CLOSE, 0, 0);
    add_wait(script, soon ? 1100 * SIM_MILLISECOND + some_time(random) : 65 * SIM_SECOND);
    draw_client(script, random);
}

static void forge(struct sim_plan *plan, struct random *random)
{
    plan->forgeries = 1 + random_below(random, SIM_MAX_FORGED);
    int64_t time_ns = 0;
    for (unsigned i = 0; i < plan->forgeries; i++) {
        time_ns += random_scaled(random, SIM_MILLISECOND, SIM_SECOND);
        plan->forged[i].time_ns = time_ns;
        plan->forged[i].victim = (uint8_t)random_below(random, SIM_HOSTS);
        /* An exact one is as good as a true one; what the other end then does is its own affair. */
        plan->forged[i].kind =
            (uint8_t)(random_chance(random, 50)
                          ? SIM_FORGED_RST_EXACT
                          : SIM_FORGED_RST_INSIDE +
                                random_below(random, SIM_FORGED_KINDS - SIM_FORGED_RST_INSIDE));
    }
}

static void draw_special(struct sim_plan *plan, struct random *random)
{
    uint32_t kind = random_below(random, 100);
    if (kind < 10)
        close_together(plan, random);
    else if (kind < 15)
        open_together(plan, random);
    else if (kind < 19)
        plan->host[SIM_B].listens = false;
    else if (kind < 21)
        plan->host[SIM_B].deaf = true;
    else if (kind < 28)
        connect_again(plan, random);
    else if (kind < 44)
        forge(plan, random);
}

void sim_plan_draw(struct sim_plan *plan, struct random *random)
{
    *plan = (struct sim_plan){.forgeries = 0};
    bool bad_wire = random_chance(random, 600);
    for (int i = 0; i < SIM_HOSTS; i++) {
        draw_host(&plan->host[i], random);
        draw_path(&plan->path[i], i > 0 ? &plan->path[0] : NULL, random);
        if (bad_wire)
            spoil_path(&plan->path[i], random);
    }
    plan->host[SIM_B].listens = true;
    draw_client(&plan->host[SIM_A].script, random);
    draw_server(&plan->host[SIM_B].script, random);
    draw_special(plan, random);
}
