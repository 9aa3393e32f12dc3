/* A live interface, by libpcap. */
#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#ifdef __linux__
#include <linux/if_packet.h>
#endif

#include <pcap/pcap.h>

#include "base/intl.h"
#include "base/xalloc.h"
#include "capture/impl.h"
#include "capture/linktype.h"

#define DEFAULT_BUFFER_KIB (16u * 1024)
/* How long the kernel may gather packets before it wakes us: short for the eye, long for the CPU.
 */
#define TIMEOUT_MS 30

/* One of the interface's own counts of what it lost: a file of the kernel's, kept open, as it
 * cannot be opened later. */
#define DROP_COUNTERS 2
struct drop_counter {
    int fd; /* -1: there is none */
    uint64_t last;
};

struct live {
    struct capture_source source; /* first */
    pcap_t *pcap;
    uint32_t link_type;
    bool nanoseconds;
    uint64_t kernel_dropped, interface_dropped;
    struct drop_counter counters[DROP_COUNTERS];
    /* During a read only. */
    capture_packet_fn *deliver;
    void *context;
};

static void explain_permission(struct capture_error *error, const char *interface)
{
    capture_error_set(
        error,
        _("%s: no permission to capture; run it with sudo, or grant it once: sudo "
          "setcap cap_net_raw,cap_net_admin=eip $(command -v tcpviz), or capture with "
          "sudo tcpdump -w FILE and read that with -r FILE"),
        interface);
}

/* What pcap_activate() says, in our words where there is a way out. */
static void explain_activation(struct capture_error *error, const char *interface, int result,
                               pcap_t *pcap)
{
    switch (result) {
    case PCAP_ERROR_PERM_DENIED:
        explain_permission(error, interface);
        break;
    case PCAP_ERROR_PROMISC_PERM_DENIED:
        capture_error_set(error, _("%s: no permission for promiscuous mode; try -p"), interface);
        break;
    case PCAP_ERROR_NO_SUCH_DEVICE:
        capture_error_set(error, _("%s: no such interface; -D lists them"), interface);
        break;
    case PCAP_ERROR_IFACE_NOT_UP:
        capture_error_set(error, _("%s: the interface is down; sudo ip link set %s up"), interface,
                          interface);
        break;
    case PCAP_ERROR:
        capture_error_set(error, "%s: %s", interface, pcap_geterr(pcap));
        break;
    default:
        capture_error_set(error, "%s: %s", interface, pcap_statustostr(result));
        break;
    }
}

static bool activate(struct live *live, const char *interface,
                     const struct capture_options *options, struct capture_error *error)
{
    pcap_t *pcap = live->pcap;
    unsigned snaplen = options->snaplen, kib = options->buffer_kib;
    if (snaplen == 0 || snaplen > CAPTURE_MAX_PACKET)
        snaplen = CAPTURE_MAX_PACKET;
    if (kib == 0)
        kib = DEFAULT_BUFFER_KIB;
    if (kib > INT32_MAX / 1024)
        kib = INT32_MAX / 1024;
    pcap_set_snaplen(pcap, (int)snaplen);
    pcap_set_buffer_size(pcap, (int)(kib * 1024));
    pcap_set_timeout(pcap, TIMEOUT_MS);
    if (strcmp(interface, "any") != 0)
        pcap_set_promisc(pcap, !options->no_promiscuous);
    pcap_set_tstamp_precision(pcap, PCAP_TSTAMP_PRECISION_NANO); /* or microseconds it is */
    int result = pcap_activate(pcap);
    if (result < 0) {
        explain_activation(error, interface, result, pcap);
        return false;
    }
    live->nanoseconds = pcap_get_tstamp_precision(pcap) == PCAP_TSTAMP_PRECISION_NANO;
    return true;
}

/* The kernel's copies of outgoing packets on lo are the second sight of each, which libpcap leaves
 * out anyway, but only after they took half of the buffer. On other interfaces, `any` too, they are
 * this host's own traffic. */
static void leave_out_echoes(pcap_t *pcap, const char *interface)
{
#ifdef PACKET_IGNORE_OUTGOING
    int on = 1;
    if (strcmp(interface, "lo") == 0)
        (void)setsockopt(pcap_fileno(pcap), SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof on);
#else
    (void)pcap;
    (void)interface;
#endif
}

/* SLL2 tells which interface a packet of `any` passed; SLL does not. */
static void choose_link_type(struct live *live)
{
    if (pcap_datalink(live->pcap) == DLT_LINUX_SLL)
        (void)pcap_set_datalink(live->pcap, DLT_LINUX_SLL2);
    live->link_type = capture_linktype_from_dlt(pcap_datalink(live->pcap));
}

/* libpcap puts what the ring gathered since activation through the filter too. */
static bool set_filter(pcap_t *pcap, const char *interface, const char *expression,
                       struct capture_error *error)
{
    bpf_u_int32 network, mask;
    char ignored[PCAP_ERRBUF_SIZE];
    if (pcap_lookupnet(interface, &network, &mask, ignored) != 0)
        mask = PCAP_NETMASK_UNKNOWN;
    struct bpf_program program;
    if (pcap_compile(pcap, &program, expression, 1, mask) != 0) {
        capture_error_set(error, "filter: %s: %s", expression, pcap_geterr(pcap));
        return false;
    }
    bool ok = pcap_setfilter(pcap, &program) == 0;
    if (!ok)
        capture_error_set(error, "%s: filter: %s", interface, pcap_geterr(pcap));
    pcap_freecode(&program);
    return ok;
}

static void receive(unsigned char *user, const struct pcap_pkthdr *header, const uint8_t *data)
{
    struct live *live = (struct live *)(void *)user;
    int64_t fraction = (int64_t)header->ts.tv_usec;
    const struct wire_packet packet = {
        .number = ++live->source.delivered,
        .time_ns = (int64_t)header->ts.tv_sec * 1000000000 +
                   (live->nanoseconds ? fraction : fraction * 1000),
        .link_type = live->link_type,
        .captured_bytes = header->caplen,
        .wire_bytes = header->len > header->caplen ? header->len : header->caplen,
        .data = data,
    };
    live->deliver(live->context, &packet);
}

static enum capture_status live_read(struct capture_source *source, unsigned max,
                                     capture_packet_fn *deliver, void *context)
{
    struct live *live = (struct live *)source;
    live->deliver = deliver;
    live->context = context;
    int count = max < INT32_MAX ? (int)max : INT32_MAX;
    if (count == 0) /* which libpcap takes for "all" */
        return CAPTURE_MORE;
    int result = pcap_dispatch(live->pcap, count, receive, (unsigned char *)live);
    if (result < 0) {
        capture_error_set(&source->error, "%s: %s", source->name, pcap_geterr(live->pcap));
        return CAPTURE_ERROR;
    }
    return result > 0 ? CAPTURE_MORE : CAPTURE_WAIT;
}

static int live_fd(const struct capture_source *source)
{
    return pcap_get_selectable_fd(((const struct live *)source)->pcap);
}

static bool live_is_live(const struct capture_source *source)
{
    (void)source;
    return true;
}

static uint32_t live_link_type(const struct capture_source *source)
{
    return ((const struct live *)source)->link_type;
}

static uint64_t read_counter(const struct drop_counter *counter)
{
    char text[24];
    ssize_t got = counter->fd >= 0 ? pread(counter->fd, text, sizeof text - 1, 0) : 0;
    text[got > 0 ? got : 0] = '\0';
    return strtoull(text, NULL, 10);
}

/* The same two as libpcap's, which opens them anew each time it is asked. */
static void open_counters(struct live *live, const char *interface)
{
    static const char *const names[DROP_COUNTERS] = {"rx_missed_errors", "rx_fifo_errors"};
    for (size_t i = 0; i < DROP_COUNTERS; i++) {
        char path[128];
        snprintf(path, sizeof path, "/sys/class/net/%s/statistics/%s", interface, names[i]);
        bool is_name = strchr(interface, '/') == NULL && interface[0] != '.';
        live->counters[i].fd = is_name ? open(path, O_RDONLY | O_CLOEXEC) : -1;
        live->counters[i].last = read_counter(&live->counters[i]);
    }
}

static void count_interface_drops(struct live *live)
{
    for (size_t i = 0; i < DROP_COUNTERS; i++) {
        uint64_t now = read_counter(&live->counters[i]);
        if (now > live->counters[i].last)
            live->interface_dropped += now - live->counters[i].last;
        live->counters[i].last = now;
    }
}

/* The kernel's count starts anew each time it is read. */
static void count_kernel_drops(struct live *live)
{
    struct tpacket_stats_v3 now;
    socklen_t length = sizeof now;
    if (getsockopt(pcap_fileno(live->pcap), SOL_PACKET, PACKET_STATISTICS, &now, &length) == 0)
        live->kernel_dropped += now.tp_drops;
}

static void live_stats(struct capture_source *source, struct capture_stats *out)
{
    struct live *live = (struct live *)source;
    count_kernel_drops(live);
    count_interface_drops(live);
    out->kernel_dropped = live->kernel_dropped;
    out->interface_dropped = live->interface_dropped;
}

static void live_close(struct capture_source *source)
{
    struct live *live = (struct live *)source;
    pcap_close(live->pcap);
    for (size_t i = 0; i < DROP_COUNTERS; i++)
        if (live->counters[i].fd >= 0)
            close(live->counters[i].fd);
    free(live->source.name);
    free(live);
}

static const struct capture_ops live_ops = {
    .read = live_read,
    .fd = live_fd,
    .is_live = live_is_live,
    .link_type = live_link_type,
    .stats = live_stats,
    .close = live_close,
};

static bool start(struct live *live, const char *interface, const struct capture_options *options,
                  struct capture_error *error)
{
    if (!activate(live, interface, options, error))
        return false;
    leave_out_echoes(live->pcap, interface);
    choose_link_type(live);
    if (options->filter != NULL && options->filter[0] != '\0' &&
        !set_filter(live->pcap, interface, options->filter, error))
        return false;
    char why[PCAP_ERRBUF_SIZE];
    if (pcap_setnonblock(live->pcap, 1, why) != 0) {
        capture_error_set(error, "%s: %s", interface, why);
        return false;
    }
    return true;
}

struct capture_source *capture_open_live(const char *interface,
                                         const struct capture_options *options,
                                         struct capture_error *error)
{
    static const struct capture_options defaults;
    char why[PCAP_ERRBUF_SIZE];
    pcap_t *pcap = pcap_create(interface, why);
    if (pcap == NULL) {
        capture_error_set(error, "%s: %s", interface, why);
        return NULL;
    }
    struct live *live = base_calloc(1, sizeof *live);
    live->source.ops = &live_ops;
    live->source.name = base_strdup(interface);
    live->pcap = pcap;
    open_counters(live, interface);
    if (!start(live, interface, options != NULL ? options : &defaults, error)) {
        live_close(&live->source);
        return NULL;
    }
    return &live->source;
}
