/* A connection's life by hand. */
#include "config.h"

#include "fake_life.h"

#include "fake_conn.h"

#define ISN_CLIENT 0xfffffff0u /* the numbers wrap early on */
#define ISN_SERVER 1000u

struct fake_life fake_life_new(size_t first, size_t last)
{
    const struct view_timeline_options options = {.first = first, .last = last, .between = 8};
    struct fake_life life = {.timeline = view_timeline_new(&options),
                             .record = fake_conn().record,
                             .time_ns = FAKE_START_NS};
    return life;
}

void fake_life_free(struct fake_life *life)
{
    view_timeline_free(life->timeline);
}

static void set_sum(struct fake_life *life, struct track_event *event)
{
    enum track_side peer = track_other((enum track_side)event->sender);
    uint64_t delta = life->next_seq[peer] - life->acked[event->sender];
    bool of_syn = delta > 0 && life->acked[event->sender] == 0;
    bool of_fin = delta > of_syn && (life->record.end[peer].state == TRACK_LAST_ACK);
    event->rel_ack = (int64_t)life->next_seq[peer];
    event->rel_ack_known = true;
    event->ack = (peer == TRACK_CLIENT ? ISN_CLIENT : ISN_SERVER) + (uint32_t)event->rel_ack;
    event->ack_sum = (struct track_sum){.base = event->ack - (uint32_t)delta,
                                        .bytes = (uint32_t)delta - of_syn - of_fin,
                                        .syn = of_syn,
                                        .fin = of_fin,
                                        .known = true};
    event->checks[TRACK_CHECK_ACK] = (struct track_check){event->ack, event->ack, TRACK_HOLDS};
    life->acked[event->sender] = (uint64_t)event->rel_ack;
}

void fake_life_make(struct fake_life *life, int64_t after_us, enum track_side sender,
                    unsigned flags, uint32_t payload_bytes)
{
    life->time_ns += after_us * 1000;
    struct track_event event = {.frame = ++life->frame,
                                .time_ns = life->time_ns,
                                .connection = life->record.number,
                                .rel_seq = (int64_t)life->next_seq[sender],
                                .rel_seq_known = true,
                                .payload_bytes = payload_bytes,
                                .window = 502,
                                .window_bytes = 64256,
                                .window_scale_known = !(flags & WIRE_SYN),
                                .flags = (uint16_t)flags,
                                .kind = TRACK_EVENT_SEGMENT,
                                .sender = (uint8_t)sender};
    event.seq = (sender == TRACK_CLIENT ? ISN_CLIENT : ISN_SERVER) + (uint32_t)event.rel_seq;
    event.checks[TRACK_CHECK_SEQ] = (struct track_check){event.seq, event.seq, TRACK_HOLDS};
    if (flags & WIRE_SYN) {
        event.options.present = WIRE_OPTION_MSS | WIRE_OPTION_WINDOW_SCALE |
                                WIRE_OPTION_SACK_PERMITTED | WIRE_OPTION_TIMESTAMPS;
        event.options.mss = 1460;
        event.options.window_scale = 7;
    }
    if (flags & WIRE_ACK)
        set_sum(life, &event);
    life->next_seq[sender] += payload_bytes + ((flags & WIRE_SYN) != 0) + ((flags & WIRE_FIN) != 0);
    /* a FIN that is not acknowledged yet is remembered as this state of the record */
    if (flags & WIRE_FIN)
        life->record.end[sender].state = TRACK_LAST_ACK;
    life->last = event;
}

void fake_life_tell(struct fake_life *life)
{
    life->record.end[life->last.sender].packets++;
    life->record.end[life->last.sender].payload_bytes += life->last.payload_bytes;
    life->record.end_ns = life->time_ns;
    view_timeline_event(life->timeline, NULL, &life->last);
}

void fake_life_segment(struct fake_life *life, int64_t after_us, enum track_side sender,
                       unsigned flags, uint32_t payload_bytes)
{
    fake_life_make(life, after_us, sender, flags, payload_bytes);
    fake_life_tell(life);
}

void fake_life_move_at(struct fake_life *life, uint64_t frame, enum track_side side,
                       enum track_state from, enum track_state to, enum track_cause cause,
                       bool confirmed)
{
    const struct track_transition transition = {.frame = frame,
                                                .time_ns = life->time_ns,
                                                .side = (uint8_t)side,
                                                .from = (uint8_t)from,
                                                .to = (uint8_t)to,
                                                .cause = (uint8_t)cause,
                                                .confirmed = confirmed};
    view_timeline_transition(life->timeline, &transition);
}

void fake_life_move(struct fake_life *life, enum track_side side, enum track_state from,
                    enum track_state to, enum track_cause cause)
{
    fake_life_move_at(life, life->frame, side, from, to, cause, true);
}

void fake_life_end(struct fake_life *life)
{
    view_timeline_connection(life->timeline, &life->record);
}

void fake_life_handshake(struct fake_life *life)
{
    fake_life_segment(life, 0, TRACK_CLIENT, WIRE_SYN, 0);
    fake_life_move(life, TRACK_CLIENT, TRACK_CLOSED, TRACK_SYN_SENT, TRACK_CAUSE_SENT_SYN);
    fake_life_move(life, TRACK_SERVER, TRACK_LISTEN, TRACK_SYN_RECEIVED, TRACK_CAUSE_RECEIVED_SYN);
    fake_life_segment(life, 20110, TRACK_SERVER, WIRE_SYN | WIRE_ACK, 0);
    fake_life_move(life, TRACK_CLIENT, TRACK_SYN_SENT, TRACK_ESTABLISHED,
                   TRACK_CAUSE_RECEIVED_SYN_ACK);
    fake_life_segment(life, 41, TRACK_CLIENT, WIRE_ACK, 0);
    fake_life_move(life, TRACK_SERVER, TRACK_SYN_RECEIVED, TRACK_ESTABLISHED,
                   TRACK_CAUSE_RECEIVED_ACK_OF_SYN);
    life->record.handshake_server_ns = 20110000;
    life->record.handshake_client_ns = 41000;
}
