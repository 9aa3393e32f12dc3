/* One poll loop over both ends of the wire, the programs' reports and the records. */
#include "config.h"

#include "lab/run.h"

#include <errno.h>
#include <fcntl.h>
#include <net/ethernet.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <linux/if_packet.h>

#include "base/intl.h"
#include "lab/calls.h"
#include "lab/forge.h"
#include "lab/net.h"
#include "lab/program.h"
#include "lab/queue.h"
#include "lab/states.h"
#include "wire/decode.h"
#include "wire/linktype.h"

#define MS INT64_C(1000000)
/* How often the kernels are asked when nothing happens: what timers do is seen within this. */
#define TICK_NS (5 * MS)
/* A frame that waits to be passed, and is not, goes on after this. */
#define HOLD_NS (1000 * MS)
#define FRAME_BYTES 9100

struct run {
    const struct lab_scenario *scenario;
    const struct lab_run_options *options;
    struct lab_net net;
    struct lab_recorder recorder;
    struct lab_calls calls;
    struct lab_rules rules;
    struct lab_queue queue;
    struct lab_states states;
    struct wire_decoder *decoder;
    pid_t pids[LAB_MAX_PROGRAMS];
    int go[LAB_MAX_PROGRAMS]; /* pipes: when to start */
    int reports;
    int64_t start_ns;  /* 0: the programs prepare themselves */
    int64_t active_ns; /* when something happened last */
};

static int64_t clock_ns(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static int64_t now_ns(void)
{
    return clock_ns(CLOCK_MONOTONIC);
}

/* --- the wire --- */

/* What a host put on the wire, or what it got from it. */
struct sight {
    const uint8_t *bytes;
    size_t length;
    int64_t time_ns;
    enum lab_host host;
    bool outgoing; /* the host got it */
};

static enum lab_host other(enum lab_host host)
{
    return host == LAB_CLIENT ? LAB_SERVER : LAB_CLIENT;
}

static bool decode(struct run *run, const struct sight *sight, struct wire_result *result)
{
    struct wire_packet packet = {.number = 1,
                                 .time_ns = sight->time_ns,
                                 .link_type = LINK_EN10MB,
                                 .captured_bytes = (uint32_t)sight->length,
                                 .wire_bytes = (uint32_t)sight->length,
                                 .data = sight->bytes};
    wire_decode(run->decoder, &packet, result);
    return result->verdict == WIRE_SEGMENT;
}

static void answer_unreachable(struct run *run, const struct lab_rule *rule,
                               const struct sight *sight, int64_t due_ns)
{
    uint8_t frame[LAB_FORGED_BYTES];
    size_t length =
        lab_forge_unreachable(sight->host, rule->count, sight->bytes, sight->length, frame);
    if (length > 0)
        lab_queue_add(&run->queue, sight->host, due_ns + run->scenario->delay_ns[sight->host],
                      frame, length);
}

static void pass_damaged(struct run *run, const struct sight *sight, int64_t due_ns)
{
    uint8_t frame[FRAME_BYTES];
    memcpy(frame, sight->bytes, sight->length);
    frame[sight->length - 1] ^= 0x10;
    lab_queue_add(&run->queue, other(sight->host), due_ns, frame, sight->length);
}

static void forge(struct run *run, const struct lab_rule *rule, const struct lab_flow *flow,
                  int64_t now)
{
    uint8_t frame[LAB_FORGED_BYTES];
    enum lab_host to = other((enum lab_host)rule->forged_from);
    if (flow == NULL)
        return;
    size_t length = lab_forge_segment(rule, flow, frame);
    lab_queue_add(&run->queue, to, now + run->scenario->delay_ns[to], frame, length);
}

/* Sends it on its way, as the rule for it says. */
static void pass_on(struct run *run, const struct sight *sight, const struct lab_rule *rule,
                    const struct lab_flow *flow, int64_t now)
{
    enum lab_host to = other(sight->host);
    int64_t due = now + run->scenario->delay_ns[to];
    switch (rule != NULL ? rule->action : LAB_DELAY) {
    case LAB_DROP:
        return;
    case LAB_UNREACHABLE:
        answer_unreachable(run, rule, sight, due);
        return;
    case LAB_CORRUPT:
        pass_damaged(run, sight, due);
        return;
    case LAB_HOLD:
        lab_queue_hold(&run->queue, to, rule->count, due + HOLD_NS, sight->bytes, sight->length);
        return;
    case LAB_DELAY:
        due += rule != NULL ? rule->time_ns : 0;
        break;
    case LAB_DUPLICATE:
        lab_queue_add(&run->queue, to, due + rule->time_ns, sight->bytes, sight->length);
        break;
    case LAB_FORGE:
        break;
    }
    lab_queue_add(&run->queue, to, due, sight->bytes, sight->length);
    if (rule != NULL && rule->action == LAB_FORGE)
        forge(run, rule, flow, now);
}

static void record_sight(struct run *run, const struct sight *sight)
{
    struct lab_record_packet head = {.time_ns = sight->time_ns,
                                     .interface = (uint32_t)sight->host,
                                     .bytes = (uint32_t)sight->length};
    if (run->options->sight[sight->host])
        lab_record(&run->recorder, LAB_RECORD_PACKET, &head, sizeof head, sight->bytes,
                   sight->length);
}

static void take_sight(struct run *run, const struct sight *sight)
{
    struct wire_result result;
    struct lab_flow *flow = NULL;
    const struct lab_rule *rule = NULL;
    int64_t now = now_ns();
    /* Hosts talk to each other only; what is for a group is of no use on this wire. */
    if (sight->length < ETH_HLEN || sight->length > FRAME_BYTES || (sight->bytes[0] & 1) != 0)
        return;
    run->active_ns = now;
    record_sight(run, sight);
    if (sight->outgoing)
        return;
    if (decode(run, sight, &result))
        rule =
            lab_rules_apply(&run->rules, sight->host, &result.segment, now - run->start_ns, &flow);
    if (flow != NULL)
        lab_states_look_at(&run->states, (size_t)(flow - run->rules.flows));
    pass_on(run, sight, rule, flow, now);
}

/* The time at which the kernel saw it. */
static int64_t time_of(struct msghdr *message)
{
    for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c != NULL; c = CMSG_NXTHDR(message, c))
        if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SO_TIMESTAMPNS) {
            struct timespec time;
            memcpy(&time, CMSG_DATA(c), sizeof time);
            return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
        }
    return clock_ns(CLOCK_REALTIME);
}

/* All that has passed one end. */
static void look_at_end(struct run *run, enum lab_host host)
{
    uint8_t frame[FRAME_BYTES + 1];
    char control[256];
    struct sockaddr_ll from;
    for (;;) {
        struct iovec part = {.iov_base = frame, .iov_len = sizeof frame};
        struct msghdr message = {.msg_name = &from,
                                 .msg_namelen = sizeof from,
                                 .msg_iov = &part,
                                 .msg_iovlen = 1,
                                 .msg_control = control,
                                 .msg_controllen = sizeof control};
        ssize_t length = recvmsg(run->net.sight[host], &message, MSG_DONTWAIT);
        if (length < 0 && errno == EINTR)
            continue;
        if (length < 0)
            return;
        const struct sight sight = {.bytes = frame,
                                    .length = (size_t)length,
                                    .time_ns = time_of(&message),
                                    .host = host,
                                    .outgoing = from.sll_pkttype == PACKET_OUTGOING};
        take_sight(run, &sight);
    }
}

static void look_at_ends(struct run *run)
{
    for (unsigned i = 0; i < LAB_HOSTS; i++)
        look_at_end(run, (enum lab_host)i);
}

/* Hands over what has arrived, a frame at a time, and sees what each does. */
static void deliver(struct run *run)
{
    struct lab_frame *frame;
    while ((frame = lab_queue_take(&run->queue, now_ns())) != NULL) {
        (void)send(run->net.send[frame->to], frame->bytes, frame->length, 0);
        lab_states_look(&run->states);
        look_at_end(run, (enum lab_host)frame->to);
        free(frame);
    }
}

/* --- programs --- */

static bool start_program(struct run *run, size_t index, int reports)
{
    int go[2];
    if (pipe2(go, O_CLOEXEC) != 0)
        return false;
    pid_t pid = fork();
    if (pid == 0) {
        if (!lab_net_enter(&run->net, (enum lab_host)run->scenario->programs[index].host))
            _exit(1);
        lab_program_run(run->scenario, index, reports, go[0]);
    }
    close(go[0]);
    run->go[index] = go[1];
    run->pids[index] = pid;
    return pid > 0;
}

static bool start_programs(struct run *run)
{
    int reports[2];
    if (pipe2(reports, O_CLOEXEC) != 0)
        return false;
    fcntl(reports[0], F_SETFL, O_NONBLOCK);
    run->reports = reports[0];
    bool good = true;
    for (size_t i = 0; good && i < run->scenario->program_count; i++)
        good = start_program(run, i, reports[1]);
    close(reports[1]);
    return good;
}

static void let_programs_go(struct run *run)
{
    if (run->start_ns != 0 || !lab_calls_all_ready(&run->calls))
        return;
    run->start_ns = now_ns();
    for (size_t i = 0; i < run->scenario->program_count; i++)
        (void)!write(run->go[i], &run->start_ns, sizeof run->start_ns);
}

static void read_reports(struct run *run)
{
    struct lab_report report;
    while (read(run->reports, &report, sizeof report) == (ssize_t)sizeof report) {
        lab_calls_report(&run->calls, &report);
        run->active_ns = now_ns();
    }
}

static void reap(struct run *run)
{
    int status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        read_reports(run);
        for (size_t i = 0; i < run->scenario->program_count; i++)
            if (run->pids[i] == pid)
                lab_calls_ended(&run->calls, i, status, clock_ns(CLOCK_REALTIME));
        run->active_ns = now_ns();
    }
}

/* --- the loop --- */

static bool is_over(const struct run *run)
{
    int64_t now = now_ns(), since = now - run->start_ns;
    if (run->recorder.gone)
        return true;
    if (run->start_ns == 0)
        return false;
    if (since >= run->scenario->limit_ns)
        return true;
    return since >= run->scenario->last_ns && lab_calls_all_over(&run->calls) &&
           lab_queue_due(&run->queue) == INT64_MAX &&
           now - run->active_ns >= run->scenario->quiet_ns;
}

static void wait_for_something(struct run *run)
{
    struct pollfd wanted[] = {
        {.fd = run->net.sight[LAB_CLIENT], .events = POLLIN},
        {.fd = run->net.sight[LAB_SERVER], .events = POLLIN},
        {.fd = run->reports, .events = POLLIN},
        {.fd = run->recorder.fd, .events = lab_recorder_waits(&run->recorder) ? POLLOUT : 0},
    };
    int64_t rest = lab_queue_due(&run->queue);
    rest = rest == INT64_MAX ? TICK_NS : rest - now_ns();
    if (rest > TICK_NS)
        rest = TICK_NS;
    struct timespec timeout = {.tv_nsec = rest > 0 ? (long)rest : 0};
    nfds_t count = sizeof wanted / sizeof wanted[0];
    if (ppoll(wanted, count, &timeout, NULL) > 0 && wanted[3].revents & (POLLHUP | POLLERR))
        run->recorder.gone = true;
    if (wanted[2].revents == POLLHUP) { /* all programs have ended: it would be ready for ever */
        close(run->reports);
        run->reports = -1;
    }
}

static void run_until_over(struct run *run)
{
    while (!is_over(run)) {
        read_reports(run);
        reap(run);
        let_programs_go(run);
        look_at_ends(run);
        deliver(run);
        lab_states_look(&run->states);
        lab_recorder_flush(&run->recorder);
        wait_for_something(run);
    }
}

static _Noreturn void leave(struct run *run)
{
    while (lab_recorder_waits(&run->recorder) && !run->recorder.gone) {
        struct pollfd wanted = {.fd = run->recorder.fd, .events = POLLOUT};
        (void)poll(&wanted, 1, -1);
        lab_recorder_flush(&run->recorder);
    }
    _exit(0);
}

static _Noreturn void give_up(struct run *run, enum lab_record_kind kind, const char *text)
{
    lab_record_text(&run->recorder, kind, text);
    leave(run);
}

/* --- setting up --- */

/* Nothing of the terminal or of what the program has open. */
static void let_go_of_outside(int keep)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setsid();
    for (int number = 1; number < 32; number++)
        signal(number, SIG_DFL);
    signal(SIGPIPE, SIG_IGN);
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null >= 0) {
        dup2(null, STDIN_FILENO);
        dup2(null, STDOUT_FILENO);
    }
    long most = sysconf(_SC_OPEN_MAX);
    for (int fd = 3; fd < (most > 0 && most < 4096 ? (int)most : 4096); fd++)
        if (fd != keep)
            close(fd);
}

static bool write_file(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool good = write(fd, text, strlen(text)) == (ssize_t)strlen(text);
    int why = errno;
    close(fd);
    errno = why;
    return good;
}

/* The user is root of the namespace, and there is nobody else in it. */
static bool become_root(const struct lab_run_options *options)
{
    char map[64];
    if (!write_file("/proc/self/setgroups", "deny") && errno != ENOENT)
        return false;
    snprintf(map, sizeof map, "0 %u 1", options->outer_uid);
    if (!write_file("/proc/self/uid_map", map))
        return false;
    snprintf(map, sizeof map, "0 %u 1", options->outer_gid);
    return write_file("/proc/self/gid_map", map);
}

static void build(struct run *run)
{
    struct lab_net_error error = {.text = BASE_STRBUF_INIT};
    if (run->options->new_user_namespace && !become_root(run->options)) {
        base_strbuf_printf(&error.text, _("a user namespace: %s"), strerror(errno));
        give_up(run, LAB_RECORD_FORBIDDEN, base_strbuf_text(&error.text));
    }
    if (!lab_net_build(&run->net, run->scenario, &error))
        give_up(run, error.forbidden ? LAB_RECORD_FORBIDDEN : LAB_RECORD_FAILED,
                base_strbuf_text(&error.text));
    if (!start_programs(run))
        give_up(run, LAB_RECORD_FAILED, _("starting the scenario's programs failed"));
}

_Noreturn void lab_run(const struct lab_scenario *scenario, const struct lab_run_options *options,
                       int socket)
{
    static struct run run; /* large */
    run.scenario = scenario;
    run.options = options;
    run.recorder.fd = socket;
    let_go_of_outside(socket);
    lab_calls_init(&run.calls, scenario, &run.rules, &run.recorder);
    lab_rules_init(&run.rules, scenario);
    run.states =
        (struct lab_states){.net = &run.net, .rules = &run.rules, .recorder = &run.recorder};
    run.decoder = wire_decoder_new(&(struct wire_decoder_options){0});
    build(&run);
    lab_record(&run.recorder, LAB_RECORD_READY, "", 0, NULL, 0);
    run.active_ns = now_ns();
    run_until_over(&run);
    lab_calls_finish(&run.calls, clock_ns(CLOCK_REALTIME));
    struct lab_record_end end = {.dropped = run.recorder.dropped + run.queue.dropped};
    lab_record(&run.recorder, LAB_RECORD_END, &end, sizeof end, NULL, 0);
    leave(&run);
}
