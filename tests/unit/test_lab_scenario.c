/* Scenarios as text: what they say, and where each mistake is told. */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "lab/option.h"
#include "lab/scenario.h"
#include "wire/segment.h"

#define HEAD "title T\n"

static struct lab_scenario *parse(const char *text)
{
    struct base_strbuf error = BASE_STRBUF_INIT;
    struct lab_scenario *scenario = lab_scenario_parse("x/some.lab", text, strlen(text), &error);
    if (scenario == NULL)
        fail_msg("%s", base_strbuf_text(&error));
    assert_int_equal(error.length, 0);
    return scenario;
}

static void expect_error(const char *text, size_t length, const char *wanted)
{
    struct base_strbuf error = BASE_STRBUF_INIT;
    struct lab_scenario *scenario = lab_scenario_parse("x/some.lab", text, length, &error);
    assert_null(scenario);
    assert_string_equal(base_strbuf_text(&error), wanted);
    base_strbuf_free(&error);
}

static void texts_go_on_below(void **state)
{
    (void)state;
    struct lab_scenario *s =
        parse("# a comment\ntitle  One: two \nlesson 12\nvantage server\nteaches this\n"
              "   and # that\n\n  too\nclient\n  c = socket()\n");
    assert_string_equal(s->name, "some");
    assert_string_equal(s->title, "One: two");
    assert_string_equal(s->teaches, "this and # that too");
    assert_null(s->question);
    assert_int_equal(s->lesson, 12);
    assert_int_equal(s->vantage, LAB_VANTAGE_SERVER);
    lab_scenario_free(s);
}

static void network_is_set(void **state)
{
    (void)state;
    struct lab_scenario *s = parse(HEAD "network\n  ipv6\n  mtu 1400\n  delay 5ms\n"
                                        "  delay to server 1.5s\n"
                                        "  sysctl server tcp_rmem 4096 8192 16384\n"
                                        "  sysctl both net.core.somaxconn 3\n"
                                        "  sysctl client somaxconn 4\nquiet 2s\nlast 20us\n"
                                        "limit 120s\nserver\n  pause()\n");
    assert_true(s->ipv6);
    assert_int_equal(s->mtu, 1400);
    assert_int_equal(s->delay_ns[LAB_CLIENT], 5000000);
    assert_int_equal(s->delay_ns[LAB_SERVER], 1500000000);
    assert_int_equal(s->sysctl_count, 3);
    assert_string_equal(s->sysctls[0].path, "ipv4/tcp_rmem");
    assert_string_equal(s->sysctls[0].value, "4096 8192 16384");
    assert_false(s->sysctls[0].host[LAB_CLIENT]);
    assert_string_equal(s->sysctls[1].path, "core/somaxconn");
    assert_true(s->sysctls[1].host[LAB_CLIENT] && s->sysctls[1].host[LAB_SERVER]);
    assert_string_equal(s->sysctls[2].path, "core/somaxconn");
    assert_int_equal(s->quiet_ns, 2000000000);
    assert_int_equal(s->last_ns, 20000);
    assert_int_equal(s->limit_ns, LAB_MAX_TIME_NS);
    lab_scenario_free(s);
}

static void calls_are_taken(void **state)
{
    (void)state;
    struct lab_scenario *s =
        parse(HEAD "client\n  c = socket() = 3\n  setsockopt(c, SO_LINGER, 0)\n"
                   "  50ms connect(c, server:1234) = ECONNREFUSED\n"
                   "  +1.5s write c \"a\\n\\x41\\0b\\\"\" # the same without parentheses\n"
                   "  send(c, 2k, MSG_OOB|MSG_DONTWAIT)\n  shutdown(c, SHUT_RDWR)\n"
                   "client\n  s = socket()\n  bind(s, client:80)\n  d = accept(s)\n");
    assert_int_equal(s->program_count, 2);
    assert_int_equal(s->programs[1].number, 2);
    const struct lab_step *step = s->programs[0].steps;
    assert_int_equal(s->programs[0].step_count, 6);
    assert_int_equal(step[0].expect, LAB_RESULT);
    assert_int_equal(step[0].expected, 3);
    assert_int_equal(step[0].makes, 0);
    assert_ptr_equal(step[1].option, lab_option_find("SO_LINGER"));
    assert_int_equal(step[2].when, LAB_AT);
    assert_int_equal(step[2].when_ns, 50000000);
    assert_int_equal(step[2].to, LAB_SERVER);
    assert_int_equal(step[2].port, 1234);
    assert_int_equal(step[2].expect, LAB_ERRNO);
    assert_string_equal(step[2].text, "connect(c, server:1234)");
    assert_int_equal(step[3].when, LAB_AFTER);
    assert_int_equal(step[3].number, 6);
    assert_memory_equal(step[3].bytes, "a\nA\0b\"", 6);
    assert_string_equal(step[3].text, "write(c, \"a\\nA\\x00b\"\")");
    assert_int_equal(step[4].number, 2048);
    assert_int_equal(step[5].op, LAB_SHUTDOWN);
    assert_int_equal(s->programs[1].steps[2].socket, 0);
    assert_int_equal(s->programs[1].steps[2].makes, 1);
    lab_scenario_free(s);
}

static void repeats_are_written_out(void **state)
{
    (void)state;
    struct lab_scenario *s = parse(HEAD "client\n  c = socket()\n  repeat 3\n    write(c, \"x\")\n"
                                        "    sleep(1ms)\n  end\n  close(c)\n");
    const struct lab_program *p = &s->programs[0];
    assert_int_equal(p->step_count, 8);
    for (size_t i = 1; i < 7; i += 2) {
        assert_int_equal(p->steps[i].op, LAB_SEND);
        assert_string_equal(p->steps[i].bytes, "x");
        assert_int_equal(p->steps[i + 1].op, LAB_SLEEP);
    }
    assert_int_equal(p->steps[7].op, LAB_CLOSE);
    lab_scenario_free(s);
}

static void rules_are_taken(void **state)
{
    (void)state;
    struct lab_scenario *s =
        parse(HEAD "wire\n  drop client SYN\n  delay 1200ms server SYN+ACK nth 2-4\n"
                   "  duplicate server any all\n  duplicate 5ms client RST\n"
                   "  hold 2 client ACK data nth 3- connection 2\n"
                   "  forge client RST offset -7 data 9 when server ACK empty seq 100\n"
                   "  unreachable host client SYN after 1s until 2s\n  corrupt client FIN+ACK\n"
                   "server\n  pause()\n");
    const struct lab_rule *rule = s->rules;
    assert_int_equal(s->rule_count, 8);
    assert_int_equal(rule[0].flags, WIRE_SYN);
    assert_int_equal(rule[0].first, 1);
    assert_int_equal(rule[0].last, 1);
    assert_int_equal(rule[1].flags, WIRE_SYN | WIRE_ACK);
    assert_int_equal(rule[1].first, 2);
    assert_int_equal(rule[1].last, 4);
    assert_int_equal(rule[1].time_ns, 1200000000);
    assert_true(rule[2].any_flags);
    assert_int_equal(rule[2].last, UINT32_MAX);
    assert_int_equal(rule[3].time_ns, 5000000);
    assert_int_equal(rule[4].count, 2);
    assert_int_equal(rule[4].load, LAB_DATA);
    assert_int_equal(rule[4].connection, 2);
    assert_int_equal(rule[4].last, UINT32_MAX);
    assert_int_equal(rule[5].forged_offset, -7);
    assert_int_equal(rule[5].forged_bytes, 9);
    assert_int_equal(rule[5].from, LAB_SERVER);
    assert_int_equal(rule[5].seq, 100);
    assert_int_equal(rule[6].count, 1);
    assert_int_equal(rule[6].after_ns, 1000000000);
    assert_int_equal(rule[6].until_ns, 2000000000);
    assert_int_equal(rule[7].action, LAB_CORRUPT);
    lab_scenario_free(s);
}

static void paths_are_taken(void **state)
{
    (void)state;
    struct lab_scenario *s = parse(HEAD "server\n  pause()\nexpect\n  client 2 SYN_SENT CLOSED\n"
                                        "  kernel server SYN_RECEIVED\n  server\n");
    assert_int_equal(s->expected_count, 3);
    assert_int_equal(s->expected[0].connection, 2);
    assert_int_equal(s->expected[0].states[1], TRACK_CLOSED);
    assert_true(s->expected[1].of_kernel);
    assert_int_equal(s->expected[1].host, LAB_SERVER);
    assert_int_equal(s->expected[2].count, 0);
    lab_scenario_free(s);
}

/* Every mistake is told with its line. */
static void mistakes_are_told(void **state)
{
    (void)state;
    static const struct {
        const char *text, *error;
    } rows[] = {
        {"", "x/some.lab:0: the scenario has no title"},
        {"title T\n", "x/some.lab:1: the scenario has no program: no client and no server"},
        {HEAD "title again\n", "x/some.lab:2: title: there is one already"},
        {HEAD "clients\n", "x/some.lab:2: clients: not the head of a section"},
        {"  early\n", "x/some.lab:1: an indented line that belongs to no section"},
        {HEAD "quiet soon\n", "x/some.lab:2: quiet: wants a time such as 500ms, of at most 120s"},
        {HEAD "limit 121s\n", "x/some.lab:2: limit: wants a time such as 500ms, of at most 120s"},
        {HEAD "lesson 0\n", "x/some.lab:2: lesson: wants a number from 1 to 9999"},
        {HEAD "vantage both\n", "x/some.lab:2: vantage: client or server?"},
        {HEAD "wire\n  drop client any chance 100%\n",
         "x/some.lab:3: chance: wants a share from 1% to 99%"},
        {HEAD "wire\n  drop client any chance 5\n",
         "x/some.lab:3: chance: wants a share from 1% to 99%"},
        {HEAD "network\n  mtu 100\n", "x/some.lab:3: mtu: wants a number from 576 to 9000"},
        {HEAD "network\n  warp 9\n", "x/some.lab:3: warp: not a setting of the network"},
        {HEAD "network\n  delay to nobody 1ms\n",
         "x/some.lab:3: delay: wants a time, as in delay 10ms or delay to server 5ms"},
        {HEAD "network\n  sysctl both net..core 1\n",
         "x/some.lab:3: net..core: not the name of a network sysctl"},
        {HEAD "network\n  sysctl both net.ipv4./etc/passwd 1\n",
         "x/some.lab:3: net.ipv4./etc/passwd: not the name of a network sysctl"},
        {HEAD "network\n  sysctl both . 1\n", "x/some.lab:3: .: not the name of a network sysctl"},
        {HEAD "network\n  sysctl all x 1\n",
         "x/some.lab:3: sysctl: wants client, server or both, a name and a value"},
        {HEAD "client\n  dance()\n", "x/some.lab:3: dance: no such call"},
        {HEAD "client\n  \"a\\n\\x1b\"\n", "x/some.lab:3: a??: no such call"},
        {HEAD "client\n  50ms\n", "x/some.lab:3: nothing: no such call"},
        {HEAD "client\n  5x close(c)\n", "x/some.lab:3: 5x: not a time such as 50ms or +1.5s"},
        {HEAD "client\n  socket()\n",
         "x/some.lab:3: socket(): name its socket, as in c = socket()"},
        {HEAD "client\n  c = close(c)\n",
         "x/some.lab:3: c: no socket of that name was made before"},
        {HEAD "client\n  close(c)\n", "x/some.lab:3: c: no socket of that name was made before"},
        {HEAD "client\n  close()\n", "x/some.lab:3: close(): wants a socket"},
        {HEAD "client\n  c = socket()\n  c = close(c)\n", "x/some.lab:4: close(): makes no socket"},
        {HEAD "client\n  C = socket()\n",
         "x/some.lab:3: C: not a name for a socket: small letters and digits"},
        {HEAD "client\n  c = socket()\n  connect(c)\n",
         "x/some.lab:4: connect(): too few arguments"},
        {HEAD "client\n  c = socket()\n  close(c, 1)\n",
         "x/some.lab:4: close(): too many arguments"},
        {HEAD "client\n  c = socket()\n  connect(c, mars:1)\n",
         "x/some.lab:4: mars:1: not an address such as server:1234"},
        {HEAD "client\n  c = socket()\n  bind(c, server:70000)\n",
         "x/some.lab:4: server:70000: not an address such as server:1234 or a port"},
        {HEAD "client\n  c = socket()\n  write(c, 17M)\n",
         "x/some.lab:4: 17M: not a number from 0 to 16777216"},
        {HEAD "client\n  c = socket()\n  setsockopt(c, SO_WHAT, 1)\n",
         "x/some.lab:4: SO_WHAT: no such socket option here"},
        {HEAD "client\n  c = socket()\n  send(c, 1, MSG_PEEK)\n",
         "x/some.lab:4: MSG_PEEK: no such flag for this call"},
        {HEAD "client\n  c = socket()\n  send(c, 1, MSG_OOB|)\n",
         "x/some.lab:4: MSG_OOB|: no such flag for this call"},
        {HEAD "client\n  c = socket() = EWHAT\n",
         "x/some.lab:3: EWHAT: not a result such as 0 or ECONNREFUSED"},
        {HEAD "client\n  c = socket()\n  write(c, \"open)\n",
         "x/some.lab:4: a string without its closing quote"},
        {HEAD "client\n  c = socket()\n  write(c, \"\\q\")\n",
         "x/some.lab:4: a backslash before something that it does not go with"},
        {HEAD "client\n  c = socket()\n  write(c, \"\\x4\")\n",
         "x/some.lab:4: \\x wants two hexadecimal digits"},
        {HEAD "client\n  signal(SIGKILL, SIG_IGN)\n",
         "x/some.lab:3: SIGKILL: only SIGPIPE can be set"},
        {HEAD "client\n  end\n", "x/some.lab:3: end: without repeat"},
        {HEAD "client\n  repeat 2\n  repeat 2\n", "x/some.lab:4: repeat: one inside another"},
        {HEAD "client\n  repeat 501\n", "x/some.lab:3: repeat: wants a number from 1 to 500"},
        {HEAD "client\n  repeat 2\nserver\n", "x/some.lab:3: repeat: without its end"},
        {HEAD "wire\n  bend client SYN\n", "x/some.lab:3: bend: the wire cannot do that"},
        {HEAD "wire\n  drop\n", "x/some.lab:3: whose segment: client or server?"},
        {HEAD "wire\n  drop client\n",
         "x/some.lab:3: which segment: any, or flags such as SYN or FIN+ACK?"},
        {HEAD "wire\n  drop client PSH\n",
         "x/some.lab:3: which segment: any, or flags such as SYN or FIN+ACK?"},
        {HEAD "wire\n  drop client SYN nth 4-2\n", "x/some.lab:3: 4-2: not a range such as 2-4"},
        {HEAD "wire\n  drop client SYN nth\n",
         "x/some.lab:3: nth: wants a number or a range such as 2-4 or 3-"},
        {HEAD "wire\n  drop client SYN always\n",
         "x/some.lab:3: always: not something to tell a segment by"},
        {HEAD "wire\n  delay client SYN\n",
         "x/some.lab:3: delay: wants a time such as 200ms, of at most 120s"},
        {HEAD "wire\n  unreachable client SYN\n", "x/some.lab:3: unreachable: port or host?"},
        {HEAD "wire\n  forge client RST client ACK\n",
         "x/some.lab:3: forge: when which segment passes?"},
        {HEAD "expect\n  client SYN_SEND\n", "x/some.lab:3: SYN_SEND: not a state of TCP"},
        {HEAD "expect\n  SYN_SENT\n", "x/some.lab:3: whose states: client or server?"},
        {"title a\x01z\n", "x/some.lab:1: control characters in the text"},
        {HEAD "network\n  ipv6\n  mtu 600\nclient\n  pause()\n",
         "x/some.lab:6: mtu: IPv6 wants 1280 at least"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        expect_error(rows[i].text, strlen(rows[i].text), rows[i].error);
    expect_error("title T\nclient\n  a\0b\n", 20, "x/some.lab:3: not text");
}

/* A line many times over, after the head. */
static char *many(const char *head, const char *line, size_t times)
{
    struct base_strbuf text = BASE_STRBUF_INIT;
    base_strbuf_str(&text, head);
    while (times-- > 0)
        base_strbuf_str(&text, line);
    return text.text;
}

static void bounds_hold(void **state)
{
    (void)state;
    static const struct {
        const char *head, *line;
        size_t times;
        const char *error;
    } rows[] = {
        {HEAD "client\n", "  pause()\n", 513, "x/some.lab:515: more than 512 calls in a program"},
        {HEAD, "client\n", 9, "x/some.lab:10: more than 8 programs"},
        {HEAD "wire\n", "  drop client SYN\n", 65,
         "x/some.lab:67: more than 64 rules for the wire"},
        {HEAD "network\n", "  sysctl both tcp_sack 1\n", 65, "x/some.lab:67: more than 64 sysctls"},
        {HEAD "expect\n", "  client SYN_SENT\n", 33, "x/some.lab:35: more than 32 expected paths"},
        {HEAD "expect\n  client", " CLOSED", 25, "x/some.lab:3: more than 24 states"},
        {HEAD "client\n  pause", " x", 48, "x/some.lab:3: too many words"},
        {HEAD "client\n  pause", " x", 600, "x/some.lab:3: the line is longer than 1024 bytes"},
        {HEAD "teaches x\n", "  0123456789012345678901234567890123456789\n", 100,
         "x/some.lab:100: the text is longer than 4000 bytes"},
        {HEAD, "\n", 65536, "x/some.lab:0: longer than 64 KiB"},
        {HEAD "client\n  repeat 400\n  pause()\n  pause()\n  end", "\n", 1,
         "x/some.lab:6: more than 512 calls in a program"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char *text = many(rows[i].head, rows[i].line, rows[i].times);
        expect_error(text, strlen(text), rows[i].error);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_go_on_below), cmocka_unit_test(network_is_set),
        cmocka_unit_test(calls_are_taken),   cmocka_unit_test(repeats_are_written_out),
        cmocka_unit_test(rules_are_taken),   cmocka_unit_test(paths_are_taken),
        cmocka_unit_test(mistakes_are_told), cmocka_unit_test(bounds_hold),
    };
    return cmocka_run_group_tests_name("lab_scenario", tests, NULL, NULL);
}
