/* What each kind of segment is, the calls that belong to it, and what comes next. */
#include "config.h"

#include <stddef.h>

#include "base/intl.h"
#include "explain/voice.h"

struct kind_words {
    const char *what;
    const char *calls; /* NULL: none */
    const char *next;  /* NULL: by the states of both ends */
};

#define NO_CALL N_("no call: the kernel of {sender} does this by itself")
#define NEXT_ACK N_("next: an ACK of {next} from {receiver}, alone or together with data")
#define NEXT_NOTHING N_("next: nothing, a RST is not acknowledged")

/* clang-format off */
static const struct kind_words table[EXPLAIN_KINDS] = {
    [EXPLAIN_SYN] = {
        N_("a SYN: {sender} asks to open a connection and tells the number from which it counts "
           "its bytes"),
        N_("the program at {sender} called connect(), which waits for the answer (without "
           "blocking it returns EINPROGRESS)"),
        N_("next: a SYN,ACK if a program listens there, a RST if none does, silence if something "
           "drops the SYN")},
    [EXPLAIN_SYN_AGAIN] = {
        N_("the same SYN again: no answer has come, and each wait is about twice as long as the "
           "one before"),
        N_("connect() at {sender} still waits; when the kernel gives up it fails with ETIMEDOUT"),
        N_("next: a SYN,ACK, a RST, or the same SYN once more")},
    [EXPLAIN_SYN_CROSSING] = {
        N_("a SYN from the other end as well: both called connect() at the same time, and nobody "
           "listens"),
        N_("the program at {sender} called bind() and connect() to the very port that {receiver} "
           "calls from"),
        N_("next: a SYN,ACK from each end")},
    [EXPLAIN_SYN_DATA] = {
        N_("a SYN with data in it: Fast Open, for which {sender} shows a cookie from an earlier "
           "connection (RFC 7413)"),
        N_("the program at {sender} called sendto() with MSG_FASTOPEN, or connect() and write() "
           "with TCP_FASTOPEN_CONNECT"),
        N_("next: a SYN,ACK that acknowledges the SYN and the data, or the SYN alone")},
    [EXPLAIN_SYN_ACK] = {
        N_("a SYN,ACK: {sender} agrees, acknowledges the SYN and tells the number from which it "
           "counts"),
        N_("no call at {sender}: its kernel answers while accept() waits; at {receiver}, "
           "connect() returns 0 when this arrives"),
        N_("next: the ACK that completes the handshake, often with data right behind it")},
    [EXPLAIN_SYN_ACK_AGAIN] = {
        N_("the same SYN,ACK again: the ACK that completes the handshake was lost, or {sender} "
           "has not taken it"),
        N_("accept() at {sender} cannot return this connection yet"),
        N_("next: the ACK that completes the handshake")},
    [EXPLAIN_SYN_ACK_CROSSING] = {
        N_("a SYN,ACK that answers a SYN although its sender has sent a SYN itself: the "
           "simultaneous open (RFC 9293 3.5)"),
        N_("connect() at {receiver} returns 0 when this arrives; accept() has no part in it"),
        N_("next: data from either end")},
    [EXPLAIN_HANDSHAKE_ACK] = {
        N_("a bare ACK that completes the handshake: now each end has confirmed the number of the "
           "other"),
        N_("connect() has returned 0 at {sender}; when this arrives, accept() can return the new "
           "socket at {receiver}"),
        NULL},
    [EXPLAIN_HANDSHAKE_DATA] = {
        N_("{payload} of data, with the ACK that completes the handshake"),
        N_("the program at {sender} called write() as soon as connect() had returned; when this "
           "arrives, accept() can return at {receiver}"),
        NEXT_ACK},
    [EXPLAIN_DATA] = {
        N_("data: {payload} of the stream from {sender} to {receiver}"),
        N_("the program at {sender} called write() or send(), which returned when the bytes were "
           "in its send buffer; read() or recv() can return them at {receiver}"),
        NEXT_ACK},
    [EXPLAIN_DATA_AGAIN] = {
        N_("{payload} sent before are sent again: {receiver} takes each byte once, its program "
           "notices a delay at most"),
        N_("no call: the kernel of {sender} keeps what is not acknowledged and repeats it by "
           "itself"),
        N_("next: an ACK from {receiver} for all that it has without a gap")},
    [EXPLAIN_DATA_FIN] = {
        N_("the last {payload} and a FIN in one segment: {sender} will send nothing after them"),
        N_("the program at {sender} called write() and then close() or shutdown(SHUT_WR); at "
           "{receiver}, read() returns the data and then 0"),
        N_("next: an ACK of {next} from {receiver}, and then or later its own FIN")},
    [EXPLAIN_FIN] = {
        N_("a FIN: {sender} has sent all that it will ever send"),
        N_("the program at {sender} called close() or shutdown(SHUT_WR), or ended; at {receiver}, "
           "read() returns 0 once all data is read"),
        N_("next: an ACK of {next} from {receiver}, and then or later its own FIN")},
    [EXPLAIN_FIN_AGAIN] = {
        N_("the same FIN again: no ACK of it has come back in time"),
        NO_CALL,
        N_("next: an ACK of {next}; in TIME_WAIT, {receiver} is still there to give it")},
    [EXPLAIN_FIN_ANSWER] = {
        N_("a FIN from the other end too: now both directions are closed"),
        N_("the program at {sender} called close(), most likely after read() had returned 0"),
        N_("next: the last ACK, from {receiver}, of {next}")},
    [EXPLAIN_FIN_MERGED] = {
        N_("a FIN together with the ACK of the other FIN: {sender} had nothing more to send and "
           "closed at once"),
        N_("the program at {sender} called close() as soon as read() had returned 0"),
        N_("next: the last ACK, from {receiver}, of {next}")},
    [EXPLAIN_FIN_CROSSING] = {
        N_("a FIN while that of the other end is under way: both closed at the same time (RFC "
           "9293 3.6)"),
        N_("the program at {sender} called close() or shutdown(SHUT_WR) before the other FIN "
           "arrived"),
        N_("next: an ACK from each end, then both are in TIME_WAIT")},
    [EXPLAIN_ACK_OF_FIN] = {
        N_("the ACK of the FIN: {sender} has all that {receiver} sent"),
        N_("no call: the kernel of {sender} acknowledges by itself; its own direction is closed "
           "by its program alone"),
        NULL},
    [EXPLAIN_LAST_ACK] = {
        N_("the ACK of the second FIN: the close is complete"),
        N_("no call: the kernel of {sender} answers, its program may have ended long ago"),
        N_("next: nothing; {sender} stays in TIME_WAIT for 2 MSL, to answer if this ACK is lost "
           "and the FIN comes again")},
    [EXPLAIN_LAST_ACK_AGAIN] = {
        N_("the last ACK again, from TIME_WAIT: the one before it did not arrive"),
        N_("no call: this is what TIME_WAIT is kept for"),
        N_("next: nothing; TIME_WAIT begins anew at {sender}")},
    [EXPLAIN_ACK] = {
        N_("a pure ACK: it has no data and asks for no answer"),
        N_("no call: the kernel of {sender} acknowledges what arrives, whether its program has "
           "read it or not"),
        NULL},
    [EXPLAIN_ACK_NOTHING_NEW] = {
        N_("an ACK that repeats what was said before"),
        NO_CALL, NULL},
    [EXPLAIN_DUPLICATE_ACK] = {
        N_("a duplicate ACK: something beyond a gap has arrived, and {sender} repeats which "
           "number it still waits for"),
        NO_CALL,
        N_("next: after three of these {receiver} sends the missing segment again without waiting "
           "for its timer (RFC 5681 3.2)")},
    [EXPLAIN_CHALLENGE_ACK] = {
        N_("a challenge ACK: {sender} does not believe what came before and says what it expects "
           "(RFC 5961)"),
        NO_CALL,
        N_("next: an exact RST if {receiver} really has no connection any more; else the "
           "connection goes on")},
    [EXPLAIN_KEEP_ALIVE] = {
        N_("a keep-alive: an old number that forces {receiver} to answer"),
        N_("the program at {sender} once set SO_KEEPALIVE; its kernel asks after a long silence"),
        N_("next: an ACK if {receiver} is still there, a RST if it has no such connection any "
           "more")},
    [EXPLAIN_KEEP_ALIVE_ACK] = {
        N_("the answer to the keep-alive: {sender} is still there"),
        NO_CALL, NULL},
    [EXPLAIN_ZERO_WINDOW] = {
        N_("an ACK with window 0: the receive buffer of {sender} is full"),
        N_("the program at {sender} does not call read(); at {receiver}, write() blocks once the "
           "send buffer is full too"),
        N_("next: window probes from {receiver}, then a window update when the program has read")},
    [EXPLAIN_WINDOW_PROBE] = {
        N_("a window probe: {sender} asks whether {receiver} has room again"),
        N_("no call: write() at {sender} waits, its kernel asks at growing intervals"),
        N_("next: an ACK that tells the window")},
    [EXPLAIN_WINDOW_PROBE_ACK] = {
        N_("the answer to the window probe: there is still no room"),
        N_("the program at {sender} still does not call read()"),
        N_("next: another probe, or a window update when the program has read")},
    [EXPLAIN_WINDOW_UPDATE] = {
        N_("a window update: {sender} has room for {window} now"),
        N_("the program at {sender} called read() and made room in the receive buffer"),
        N_("next: the data that {receiver} has held back, if any")},
    [EXPLAIN_RST_REFUSES] = {
        N_("a RST that refuses: no program listens at this port of {sender}"),
        N_("connect() at {receiver} fails with ECONNREFUSED"), NEXT_NOTHING},
    [EXPLAIN_RST_ABORTS_OPEN] = {
        N_("a RST: {sender} does not want the connection any more that it asked for"),
        N_("the program at {sender} called close() or ended before connect() was done"),
        NEXT_NOTHING},
    [EXPLAIN_RST_NO_SOCKET] = {
        N_("a RST without ACK: {sender} answers a segment for which it has no connection"),
        N_("at {receiver}, read() or write() fails with ECONNRESET, connect() with ECONNREFUSED"),
        NEXT_NOTHING},
    [EXPLAIN_RST_AFTER_CLOSE] = {
        N_("a RST: {sender} has closed and nobody there can take what still comes"),
        N_("the program at {sender} had called close(); at {receiver}, the next write() fails "
           "with EPIPE and SIGPIPE, read() with ECONNRESET"),
        NEXT_NOTHING},
    [EXPLAIN_RST_ABORTS] = {
        N_("a RST: {sender} drops the connection at once, with all that is not sent or read yet"),
        N_("at {sender}: close() with data left unread, or with SO_LINGER set to 0, or the "
           "process was killed with data left unread; at {receiver}, read() fails with ECONNRESET"),
        NEXT_NOTHING},
    [EXPLAIN_RST_IGNORED] = {
        N_("a RST that {receiver} does not accept: its number is not exactly the one expected "
           "(RFC 5961 3)"),
        N_("no program notices anything"),
        N_("next: a challenge ACK from {receiver} if the number is inside its window, else "
           "nothing")},
    [EXPLAIN_RST_CHANGES_NOTHING] = {
        N_("a RST that changes nothing: {receiver} has no such connection any more, or never had "
           "it"),
        N_("no program notices anything"), NEXT_NOTHING},
    [EXPLAIN_NO_TCP_SENDS_THIS] = {
        N_("flags that no TCP sends together: a port scanner or a broken program made this "
           "segment"),
        NULL,
        N_("next: what {receiver} makes of it differs, some answer with RST, some not at all")},
    [EXPLAIN_TIMER] = {
        N_("2 MSL have passed: TIME_WAIT is over"),
        N_("bind() to this port works again without SO_REUSEADDR"),
        N_("next: nothing, the connection is forgotten")},
};
/* clang-format on */

/* --- ICMP --- */

struct icmp_words {
    uint8_t family, type, code;
    bool any_code;
    const char *what, *calls;
};

#define UNREACHABLE N_("connect() at {receiver} fails with EHOSTUNREACH or ENETUNREACH")

/* RFC 792, RFC 1812 section 5.2.7.1, RFC 4443 section 3; errno values as in icmp(7) and Linux */
/* clang-format off */
static const struct icmp_words icmp_table[] = {
    {4, 3, 0, false, N_("an ICMP error for {receiver}: a router has no way to that network"),
     UNREACHABLE},
    {4, 3, 1, false, N_("an ICMP error for {receiver}: the host does not answer in its network"),
     UNREACHABLE},
    {4, 3, 3, false, N_("an ICMP error for {receiver}: the port is unreachable; a firewall says "
                        "so, a closed TCP port would answer with RST"),
     N_("connect() at {receiver} fails with ECONNREFUSED")},
    {4, 3, 4, false, N_("an ICMP error for {receiver}: a segment is too large for the path, which "
                        "takes {mtu} bytes"),
     N_("no call: the kernel of {receiver} sends smaller segments from now on")},
    {4, 3, 9, false, N_("an ICMP error for {receiver}: a firewall prohibits that network"),
     UNREACHABLE},
    {4, 3, 10, false, N_("an ICMP error for {receiver}: a firewall prohibits that host"),
     UNREACHABLE},
    {4, 3, 13, false, N_("an ICMP error for {receiver}: a firewall prohibits the connection"),
     UNREACHABLE},
    {4, 3, 0, true, N_("an ICMP error for {receiver}: the destination is unreachable"),
     UNREACHABLE},
    {4, 11, 0, true, N_("an ICMP error for {receiver}: the packet passed too many routers, or its "
                        "fragments did not come in time"),
     UNREACHABLE},
    {6, 1, 1, false, N_("an ICMP error for {receiver}: a firewall prohibits the connection"),
     N_("connect() at {receiver} fails with EACCES")},
    {6, 1, 4, false, N_("an ICMP error for {receiver}: the port is unreachable; a firewall says "
                        "so, a closed TCP port would answer with RST"),
     N_("connect() at {receiver} fails with ECONNREFUSED")},
    {6, 1, 0, true, N_("an ICMP error for {receiver}: the destination is unreachable"),
     UNREACHABLE},
    {6, 2, 0, true, N_("an ICMP error for {receiver}: a segment is too large for the path, which "
                       "takes {mtu} bytes"),
     N_("no call: the kernel of {receiver} sends smaller segments from now on")},
    {6, 3, 0, true, N_("an ICMP error for {receiver}: the packet passed too many routers, or its "
                       "fragments did not come in time"),
     UNREACHABLE},
};
/* clang-format on */

static const struct icmp_words other_icmp = {
    .what = N_("an ICMP error for {receiver} about a segment that it sent"),
    .calls = N_("a call at {receiver} may fail, or the kernel only takes note")};

static const struct icmp_words *icmp_words_of(const struct track_icmp *icmp)
{
    for (size_t i = 0; i < sizeof icmp_table / sizeof icmp_table[0]; i++)
        if (icmp_table[i].family == icmp->family && icmp_table[i].type == icmp->type &&
            (icmp_table[i].any_code || icmp_table[i].code == icmp->code))
            return &icmp_table[i];
    return &other_icmp;
}

/* --- what comes next, by the states --- */

static bool is_over(unsigned state)
{
    return state == TRACK_CLOSED || state == TRACK_TIME_WAIT || state == TRACK_LISTEN;
}

/* After an ACK. */
static const char *next_by_states(const struct track_event *event)
{
    unsigned sender = event->state[event->sender & 1], receiver = event->state[!event->sender];
    if (is_over(sender) && is_over(receiver))
        return N_("next: nothing, the connection is over");
    if (sender == TRACK_CLOSE_WAIT && receiver == TRACK_FIN_WAIT_2)
        return N_(
            "next: more data from {sender} or its FIN; {receiver} waits in FIN_WAIT_2, without "
            "a limit if it called shutdown()");
    if (receiver == TRACK_CLOSE_WAIT && sender == TRACK_FIN_WAIT_2)
        return N_("next: more data from {receiver} or its FIN");
    if (sender == TRACK_FIN_WAIT_1 || sender == TRACK_LAST_ACK || sender == TRACK_CLOSING)
        return N_("next: the ACK of the FIN of {sender}");
    if (receiver == TRACK_FIN_WAIT_1 || receiver == TRACK_LAST_ACK || receiver == TRACK_CLOSING)
        return N_("next: an ACK of the FIN of {receiver}");
    if (receiver == TRACK_SYN_RECEIVED && sender == TRACK_ESTABLISHED)
        return N_("next: data; or the SYN,ACK again if this ACK is lost");
    return N_("next: data or a FIN, from either end");
}

/* --- all together --- */

void explain_what(const struct explain_subject *subject, const struct explain_options *options,
                  struct base_strbuf *out)
{
    enum explain_kind kind = explain_kind_of(subject);
    const char *what =
        kind == EXPLAIN_ICMP ? icmp_words_of(&subject->event->icmp)->what : table[kind].what;
    explain_say(subject, options, _(what), out);
}

void explain_calls(const struct explain_subject *subject, const struct explain_options *options,
                   struct base_strbuf *out)
{
    enum explain_kind kind = explain_kind_of(subject);
    const char *calls =
        kind == EXPLAIN_ICMP ? icmp_words_of(&subject->event->icmp)->calls : table[kind].calls;
    if (calls != NULL)
        explain_say(subject, options, _(calls), out);
}

void explain_next(const struct explain_subject *subject, const struct explain_options *options,
                  struct base_strbuf *out)
{
    enum explain_kind kind = explain_kind_of(subject);
    if (kind == EXPLAIN_ICMP)
        return;
    const char *next = table[kind].next != NULL ? table[kind].next : next_by_states(subject->event);
    explain_say(subject, options, _(next), out);
}
