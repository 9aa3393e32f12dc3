/* Zeek's conn_state and history and Wireshark's completeness, against cases worked by hand from
 * what those programs define.
 *
 * A case is a line of segments: "> S 0" is the originator's SYN with seq 0, "< A 101+20" the
 * responder's 20 bytes at 101; then may follow "w0" (zero window), "bad" (checksum), "gap" (it acks
 * data that is not in the capture) and "xN" (N times). A line that begins with "^" is of a
 * connection that was flipped. */
#include "config.h"

#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "track/zeek.h"

struct zeek_case {
    const char *segments, *conn_state, *history;
};

static uint16_t flags_of(const char *text)
{
    static const struct {
        char letter;
        uint16_t flag;
    } letters[] = {{'S', WIRE_SYN}, {'A', WIRE_ACK}, {'F', WIRE_FIN}, {'R', WIRE_RST}, {'-', 0}};
    uint16_t flags = 0;
    for (; *text != '\0'; text++) {
        size_t i = 0;
        while (letters[i].letter != *text)
            i++;
        flags |= letters[i].flag;
    }
    return flags;
}

static void feed(struct track_zeek *zeek, char *text, bool flipped)
{
    char *rest = NULL;
    const char *direction = strtok_r(text, " ", &rest);
    struct wire_segment segment = {.window = 1000};
    struct zeek_facts facts = {false, false};
    segment.flags = flags_of(strtok_r(NULL, " ", &rest));
    char *end;
    segment.seq = (uint32_t)strtoul(strtok_r(NULL, " ", &rest), &end, 10);
    if (*end == '+')
        segment.payload_bytes = (uint32_t)strtoul(end + 1, NULL, 10);
    long times = 1;
    for (const char *word; (word = strtok_r(NULL, " ", &rest)) != NULL;) {
        if (strcmp(word, "w0") == 0)
            segment.window = 0;
        else if (strcmp(word, "bad") == 0)
            facts.bad_checksum = true;
        else if (strcmp(word, "gap") == 0)
            facts.gap = true;
        else
            times = strtol(word + 1, NULL, 10);
    }
    while (times-- > 0)
        zeek_segment(zeek, *direction == '<', &segment, &facts, flipped);
}

static struct track_zeek run(const char *segments)
{
    struct track_zeek zeek;
    char line[512], *rest = NULL;
    bool flipped = segments[0] == '^';
    memset(&zeek, 0, sizeof zeek);
    snprintf(line, sizeof line, "%s", segments + flipped);
    for (char *text = strtok_r(line, ";", &rest); text != NULL; text = strtok_r(NULL, ";", &rest))
        feed(&zeek, text, flipped);
    return zeek;
}

static void check_cases(const struct zeek_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct track_zeek zeek = run(cases[i].segments);
        char history[ZEEK_HISTORY + 1];
        zeek_history_text(&zeek, history);
        const char *state = zeek_conn_state(&zeek);
        if (strcmp(history, cases[i].history) != 0 || strcmp(state, cases[i].conn_state) != 0)
            fail_msg("%s: %s %s, not %s %s", cases[i].segments, state, history, cases[i].conn_state,
                     cases[i].history);
    }
}

#define CHECK(cases) check_cases(cases, sizeof(cases) / sizeof(cases)[0])
#define OPEN "> S 0; < SA 100; > A 1"

static void every_conn_state(void **unused)
{
    (void)unused;
    static const struct zeek_case cases[] = {
        {"> S 0", "S0", "S"},
        {"> S 0; < SA 100", "S1", "Sh"},
        {OPEN, "S1", "ShA"},
        {OPEN "; > FA 1; < A 101", "S2", "ShAFa"},
        {OPEN "; < FA 101; > A 1", "S3", "ShAf"},
        {OPEN "; > A 1+10; < A 101; < A 101+20; > FA 11; < FA 121; > A 12", "SF", "ShADadFf"},
        {"> S 0; < RA 0", "REJ", "Sr"},
        {"> S 0; < SA 100; > R 1; < R 101", "REJ", "ShRr"},
        {"> S 0; < SA 100; > A 1+5; > R 6; < R 101", "RSTR", "ShDRr"},
        {OPEN "; > RA 1", "RSTO", "ShAR"},
        {OPEN "; < R 101", "RSTR", "ShAr"},
        {"> S 0; > R 1", "RSTOS0", "SR"},
        {"> S 0; < A 50; > R 50", "RSTOS0", "SaR"},
        {"> S 0; > A 1; > R 1", "OTH", "SAR"},
        {"^< SA 100; < R 101", "RSTRH", "^hr"},
        {"> S 0; > F 1", "SH", "SF"},
        {"^< SA 100; < FA 101", "SHR", "^hf"},
        {"> A 5+3; < A 9", "OTH", "Da"},
        {"> R 5", "OTH", "R"},
        {"> A 5; < R 9", "RSTRH", "Ar"},
        {"> A 5; < FA 9", "SHR", "Af"},
        {"> A 5; > FA 5; < FA 9", "SF", "AFf"},
    };
    CHECK(cases);
}

/* Both SYNs of a simultaneous open; the SYN-ACK before its SYN; the SYN-ACK alone. */
static void odd_openings(void **unused)
{
    (void)unused;
    static const struct zeek_case cases[] = {
        {"> S 0; < S 100; > SA 0; < SA 100", "S1", "Ss"},
        {"^< SA 100; > S 0; > A 1", "S1", "^hSA"},
        {"^< SA 100; > A 1", "S1", "^hA"},
        {"^< A 9+5; > A 1", "OTH", "^dA"},
        {"> A 4; > S 9", "S0", "AS"},
    };
    CHECK(cases);
}

static void a_fin_and_then_a_rst(void **unused)
{
    (void)unused;
    static const struct zeek_case cases[] = {
        {OPEN "; > FA 1; > R 2", "RSTO", "ShAFR"},
        {OPEN "; > FA 1; > R 2; < FA 101", "SF", "ShAFRf"},
        {OPEN "; > FA 1; < FA 101; > R 2", "SF", "ShAFfR"},
        {OPEN "; > FA 1; < FA 101; < R 102", "SF", "ShAFfr"},
        {OPEN "; > FA 1; < R 101", "RSTR", "ShAFr"},
        {OPEN "; > R 1; < FA 101", "RSTO", "ShARf"},
        {OPEN "; > R 1; > FA 1", "RSTO", "ShARF"},
    };
    CHECK(cases);
}

static void letters_that_come_once(void **unused)
{
    (void)unused;
    static const struct zeek_case cases[] = {
        {"> A 1 x3; < A 9 x3", "OTH", "Aa"},
        {"> A 1+5; > A 6+5; < A 9+5; < A 14+5", "OTH", "Dd"},
        {"> - 1; > - 1+2", "OTH", "D"},
        {"> SF 0 x2; < SR 9 x2", "RSTR", "Qq"},
        {"> FR 5 x2; < SFR 5 x2", "REJ", "Ii"},
        /* neither a nor d beside a control flag */
        {"> S 0; < SA 100; > FA 1+5", "S2", "ShF"},
    };
    CHECK(cases);
}

static void letters_that_repeat_with_another_number(void **unused)
{
    (void)unused;
    static const struct zeek_case cases[] = {
        {"> S 0 x3; > S 7; > S 7", "S0", "SS"},
        {"> S 0; < SA 100 x2; < SA 200", "S1", "Shh"},
        {OPEN "; > R 1 x2; > R 9; > R 9", "RSTO", "ShARR"},
        {OPEN "; > FA 1 x2; > FA 1+10; > FA 11", "S2", "ShAFF"},
        {OPEN "; < FA 101; < FA 102", "S3", "ShAff"},
    };
    CHECK(cases);
}

static void letters_by_the_logarithm(void **unused)
{
    (void)unused;
    static const struct zeek_case cases[] = {
        {"> S 0 bad x9", "OTH", "C"},
        {"> S 0 bad x10; < SA 0 bad", "OTH", "CCc"},
        {"> S 0 bad x100; > S 0", "S0", "CCCS"},
        {OPEN " w0", "S1", "ShAW"},
        {OPEN "; < A 101 w0 x10", "S1", "ShAaww"},
        {OPEN "; > A 1+5; > A 1+5 x9", "S1", "ShADT"},
        {OPEN "; > A 1+5; > A 1+5 x10", "S1", "ShADTT"},
        {OPEN "; < A 101; < A 101 gap x10", "S1", "ShAaGG"},
        {OPEN "; > A 1 gap", "S1", "ShAg"},
    };
    CHECK(cases);
}

static void what_counts_as_a_zero_window(void **unused)
{
    (void)unused;
    static const struct zeek_case cases[] = {
        {OPEN "; > R 1 w0; > A 1 w0", "RSTO", "ShAR"},
        {OPEN "; < FA 101; > A 1 w0", "S3", "ShAf"},
        {OPEN "; > FA 1; > A 2 w0", "S2", "ShAFW"},
        {OPEN "; < R 101; > A 1 w0", "RSTR", "ShArW"},
        {"> S 0 w0", "S0", "SW"},
    };
    CHECK(cases);
}

static void what_counts_as_retransmitted(void **unused)
{
    (void)unused;
    static const struct zeek_case cases[] = {
        {OPEN "; > A 1+10; > A 6+10", "S1", "ShAD"},           /* half of it is new */
        {OPEN "; > A 11+10; > A 1+10", "S1", "ShADT"},         /* out of order */
        {OPEN "; > FA 1+10; > FA 6+5", "S2", "ShAFT"},         /* the same FIN */
        {OPEN "; > A 1+5; > R 6; > A 1+5", "RSTO", "ShADR"},   /* not after a RST */
        {"> A 4294967290+10; > A 4294967290+10", "OTH", "DT"}, /* across 2^32 */
        {"> A 500+5; > A 4000000000+5", "OTH", "DT"},
        {"> S 0+5; < SA 100", "S1", "STh"}, /* as Zeek has it */
        {"> S 0; < SA 100; > FA 3000000000+5", "S2", "ShF"},
    };
    CHECK(cases);
}

static void gaps_count_between_established_ends(void **unused)
{
    (void)unused;
    static const struct zeek_case cases[] = {
        {"> A 1+5; < A 9 gap", "OTH", "Da"},
        {OPEN "; > R 1; < A 101 gap", "RSTO", "ShARa"},
        {OPEN "; > FA 50; < A 101 gap", "S2", "ShAFaG"},
    };
    CHECK(cases);
}

static void the_history_is_bounded(void **unused)
{
    (void)unused;
    struct track_zeek zeek;
    struct zeek_facts facts = {false, false};
    char history[ZEEK_HISTORY + 1];
    memset(&zeek, 0, sizeof zeek);
    for (uint32_t i = 0; i < 100; i++) {
        struct wire_segment segment = {.flags = WIRE_SYN, .seq = i};
        zeek_segment(&zeek, 0, &segment, &facts, true);
    }
    zeek_history_text(&zeek, history);
    assert_int_equal(strlen(history), ZEEK_HISTORY);
    assert_int_equal(history[0], '^');
}

/* The values of the longer ones are what tshark -2 gives for such segments in tests/truth. */
static void every_bit_of_the_completeness(void **unused)
{
    (void)unused;
    static const struct {
        const char *segments;
        unsigned bits;
    } cases[] = {
        {"> - 5", 0},
        {"> S 0", 1},
        {"> S 0; > S 0+5", 1}, /* only the one that opens */
        {"> S 0+5", 9},
        {"^< SA 100", 2},
        {"> S 0; < SA 100+5", 3},
        {"> A 5", 4},
        {"> A 5+1", 8},
        {"> F 5", 0},
        {"> FA 5", 20},
        {"> FA 5+3", 24},
        {"> R 5", 32},
        {"> RA 5", 36},
        {"> RA 5+3", 40},
        {"> SF 0", 1},
        {"> A 5; > S 0", 4},
        {"> S 0; < RA 0", 37},
        {"> S 0; < SA 100; > R 1", 35},
        {OPEN, 7},
        {"> S 0; < SA 100; > A 1+5", 11},
        {OPEN "; > A 1+5", 15},
        {OPEN "; > FA 1; < FA 101; > A 2", 23},
        {OPEN "; > A 1+5; > FA 6; < FA 101", 31},
        {OPEN "; > R 1", 39},
        {"> S 0; < SA 100; > A 1+5; < R 101", 43},
        {OPEN "; > A 1+5; < RA 101", 47},
        {OPEN "; > FA 1; < RA 101", 55},
        {OPEN "; > A 1+5; > FA 6; < R 101", 63},
        {"> A 9+5; > FA 14; < A 1", 28},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct track_zeek zeek = run(cases[i].segments);
        if (zeek.completeness != cases[i].bits)
            fail_msg("%s: %u, not %u", cases[i].segments, zeek.completeness, cases[i].bits);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_conn_state),
        cmocka_unit_test(odd_openings),
        cmocka_unit_test(a_fin_and_then_a_rst),
        cmocka_unit_test(letters_that_come_once),
        cmocka_unit_test(letters_that_repeat_with_another_number),
        cmocka_unit_test(letters_by_the_logarithm),
        cmocka_unit_test(what_counts_as_a_zero_window),
        cmocka_unit_test(what_counts_as_retransmitted),
        cmocka_unit_test(gaps_count_between_established_ends),
        cmocka_unit_test(the_history_is_bounded),
        cmocka_unit_test(every_bit_of_the_completeness),
    };
    return cmocka_run_group_tests_name("zeek", tests, NULL, NULL);
}
