/* The flow table against a list, with hashes that all fall together. */
#include "config.h"

#include "support.h"

#include <stdlib.h>
#include <string.h>

#include "track/flow.h"

enum { KEYS = 3000 };

static struct track_conn conns[2][KEYS]; /* two connections a key */
static const struct track_conn *model[KEYS];

static struct wire_endpoint make_endpoint(unsigned host, unsigned port)
{
    struct wire_endpoint endpoint = {.family = 4, .port = (uint16_t)port};
    endpoint.address[0] = 10;
    endpoint.address[2] = (uint8_t)(host >> 8);
    endpoint.address[3] = (uint8_t)host;
    return endpoint;
}

/* Keys share hosts, ports and scopes in all ways but one. */
static void make_conns(const struct flow_table *table, uint64_t mask, uint64_t offset)
{
    for (unsigned twin = 0; twin < 2; twin++)
        for (unsigned key = 0; key < KEYS; key++) {
            struct track_conn *conn = &conns[twin][key];
            memset(conn, 0, sizeof *conn);
            struct wire_endpoint one = make_endpoint(key / 30, 1000 + key / 3 % 10);
            struct wire_endpoint two = make_endpoint(7, 80);
            conn->end[twin].endpoint = one; /* the twin has its ends the other way round */
            conn->end[!twin].endpoint = two;
            conn->scope = key % 3;
            conn->hash = (flow_hash(table, &one, &two, conn->scope) & mask) + offset;
            assert_true((flow_hash(table, &two, &one, conn->scope) & mask) + offset == conn->hash);
        }
    memset(model, 0, sizeof model);
}

static struct track_conn *find(const struct flow_table *table, unsigned key, bool turned)
{
    const struct track_conn *conn = &conns[0][key];
    const struct wire_endpoint *a = &conn->end[0].endpoint, *b = &conn->end[1].endpoint;
    return flow_find(table, conn->hash, turned ? b : a, turned ? a : b, conn->scope);
}

static void check_all(const struct flow_table *table)
{
    size_t count = 0, found = 0, index = 0;
    for (unsigned key = 0; key < KEYS; key++) {
        assert_ptr_equal(find(table, key, key % 2 != 0), model[key]);
        count += model[key] != NULL;
    }
    assert_int_equal(flow_count(table), count);
    for (struct track_conn *conn; (conn = flow_next(table, &index)) != NULL; found++) {
        unsigned key = (unsigned)(conn >= conns[1] ? conn - conns[1] : conn - conns[0]);
        assert_ptr_equal(model[key], conn);
    }
    assert_int_equal(found, count);
}

/* Puts and removes at random; mask and offset decide where the hashes fall. */
static void stress(uint64_t mask, uint64_t offset, unsigned steps)
{
    struct flow_table *table = flow_new(42);
    unsigned seed = 7;
    make_conns(table, mask, offset);
    for (unsigned i = 0; i < steps; i++) {
        seed = seed * 1103515245u + 12345u;
        unsigned key = (seed >> 8) % KEYS, twin = seed >> 30 & 1;
        /* in turns it grows and shrinks */
        if ((seed >> 16) % 4 == 0 || (i / (steps / 6)) % 2 == 0) {
            flow_put(table, &conns[twin][key]);
            model[key] = &conns[twin][key];
        } else {
            flow_remove(table, &conns[twin][key]); /* nothing, if its twin stands there */
            if (model[key] == &conns[twin][key])
                model[key] = NULL;
        }
        if (i % (steps / 20) == 0)
            check_all(table);
    }
    check_all(table);
    flow_free(table);
}

static void random_steps_match_a_list(void **unused)
{
    (void)unused;
    stress(UINT64_MAX, 0, 60000);
}

/* One long chain, and one that runs over the end of the table. */
static void chains_stay_whole(void **unused)
{
    (void)unused;
    stress(0, 5, 3000);
    stress(7, 1020, 6000);
    stress(63, 4096 - 32, 6000);
}

static void the_seed_changes_the_hash(void **unused)
{
    (void)unused;
    struct wire_endpoint a = make_endpoint(1, 2), b = make_endpoint(3, 4);
    struct flow_table *one = flow_new(1), *two = flow_new(2);
    assert_true(flow_hash(one, &a, &b, 0) != flow_hash(two, &a, &b, 0));
    assert_true(flow_hash(one, &a, &b, 0) != flow_hash(one, &a, &b, 1));
    flow_free(one);
    flow_free(two);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_steps_match_a_list),
        cmocka_unit_test(chains_stay_whole),
        cmocka_unit_test(the_seed_changes_the_hash),
    };
    return cmocka_run_group_tests_name("flow", tests, NULL, NULL);
}
