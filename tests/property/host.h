/* One host of the simulation: a socket, its TCP and the application on it. Internal. */
#ifndef TCPVIZ_PROPERTY_HOST_H
#define TCPVIZ_PROPERTY_HOST_H

#include "simulate.h"

#define HOST_MAX_RANGES 16
#define HOST_MAX_CUTS 64

/* A transmission control block. */
struct host_socket {
    uint32_t iss, snd_una, snd_nxt;
    uint32_t write_end; /* after the last byte that the application wrote */
    uint32_t irs, rcv_nxt;
    uint32_t rcv_wup; /* the latest ack that was sent */
    uint32_t fin_in_end;
    uint32_t recover; /* loss recovery goes on until this is acked */
    uint32_t ts_recent;
    uint32_t cut[HOST_MAX_CUTS]; /* where the unacked segments end */
    struct {
        uint32_t left, right;
    } range[HOST_MAX_RANGES]; /* came beyond a gap */
    int64_t rto_ns, rto_at, ack_at, linger_at;
    int64_t challenge_at; /* not another one before */
    uint32_t unread, received;
    unsigned cuts, ranges, retries, dup_acks, unacked_segments;
    unsigned fin_step; /* in the history: waits for the FIN's frame */
    uint8_t state;     /* enum track_state */
    bool request;      /* SYN_RECEIVED before there is a whole socket */
    bool small;        /* FIN_WAIT_2 after the whole socket is gone; TIME_WAIT */
    bool orphan;       /* the application closed it */
    bool rcv_shutdown;
    bool fin_queued, fin_sent;
    bool fin_in_known, fin_received;
    bool recovering;
    bool ack_now;
    bool timestamps, sack;
};

struct host {
    const struct sim_host_plan *plan;
    struct sim_history *history;
    struct random *random;
    struct host_socket socket;
    int64_t now_ns;
    int64_t capture_ns; /* of the latest frame in its capture */
    int64_t round_trip_ns;
    uint64_t cause; /* frame of the segment that is being taken in; 0: none */
    unsigned index, life;
    /* The application. */
    unsigned step;
    int64_t app_at, patience_at;
    uint32_t next_iss;
    bool reading;
    bool reopened;
    /* Puts a segment on the wire and into the capture; its frame number there. */
    uint64_t (*send)(void *context, unsigned host, struct wire_segment *segment);
    void *context;
};

void host_start(struct host *host);
void host_receive(struct host *host, const struct wire_segment *segment, uint64_t frame);
/* When it wants to be called next, SIM_NEVER if never. */
int64_t host_deadline(const struct host *host);
void host_run(struct host *host);

/* What an application calls; false if the call fails. */
bool host_connect(struct host *host);
bool host_write(struct host *host, uint32_t bytes);
bool host_shutdown(struct host *host);
void host_close(struct host *host);
void host_abort(struct host *host);

/* The way through the states, in host.c. */
void host_enter(struct host *host, enum track_state to, uint64_t frame);
/* The socket is gone: a request's place is the listener's again. */
void host_enter_closed(struct host *host, uint64_t frame);
void host_linger(struct host *host, int64_t duration_ns);

/* What a host sends, in output.c. */
uint64_t output_syn(struct host *host);
void output_ack(struct host *host);
/* At most every half second: RFC 5961 section 7. */
void output_challenge(struct host *host);
/* Aborts: RST with ACK; its frame. */
uint64_t output_abort(struct host *host);
/* Answers for a host without the socket, RFC 9293 section 3.10.7.1. */
void output_refuse(struct host *host, const struct wire_segment *segment);
/* Whatever data and FIN may go now. */
void output_data(struct host *host);
/* The first unacked segment again. */
void output_again(struct host *host);
/* Takes what ack acknowledges off the list of unacked segments. */
void output_acked(struct host *host, uint32_t ack);
bool output_fin_acked(const struct host *host);

/* The application, in app.c. */
void app_start(struct host *host);
void app_run(struct host *host);
/* Something happened that it may wait for. */
void app_wake(struct host *host);

#endif
