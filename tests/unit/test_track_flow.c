/* The flow table against a list, with keys of both families, while it grows, shrinks and holds
 * hashes that are all the same. */
#include "config.h"

#include "support.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "track/flow.h"

enum { KEYS = 12000 };

static struct conn_store *store;
static struct flow_table *table;
static uint32_t ids[KEYS];
static bool present[KEYS];
static size_t present_count;

/* Keys share hosts, ports and scopes in all ways but one. */
static struct wire_endpoint client_of(unsigned key)
{
    struct wire_endpoint endpoint = {.family = key % 2 == 0 ? 4 : 6,
                                     .port = (uint16_t)(1000 + key / 6 % 10)};
    endpoint.address[0] = 10;
    endpoint.address[2] = (uint8_t)(key / 60 >> 8);
    endpoint.address[3] = (uint8_t)(key / 60);
    return endpoint;
}

static struct wire_endpoint server_of(unsigned key)
{
    struct wire_endpoint endpoint = {.family = key % 2 == 0 ? 4 : 6, .port = 80};
    endpoint.address[0] = 10;
    endpoint.address[3] = 7;
    return endpoint;
}

static uint32_t scope_of(unsigned key)
{
    return key / 2 % 3;
}

/* same: every hash is this one; 0: as they are. */
static uint32_t hash_of(unsigned key, uint32_t same)
{
    struct wire_endpoint client = client_of(key), server = server_of(key);
    uint32_t hash = flow_hash(table, &client, &server, scope_of(key));
    assert_true(flow_hash(table, &server, &client, scope_of(key)) == hash);
    return same != 0 ? same : hash;
}

static void set_up_keys(void)
{
    store = store_new(64); /* most of them are frozen */
    table = flow_new(42, store);
    for (unsigned key = 0; key < KEYS; key++) {
        store_turn(store);
        struct track_conn *conn = store_add(store);
        conn->endpoint[key % 4 / 2] = client_of(key);
        conn->endpoint[key % 4 / 2 == 0] = server_of(key);
        conn->scope = scope_of(key);
        ids[key] = conn->id;
    }
    memset(present, 0, sizeof present);
    present_count = 0;
}

static void tear_down_keys(void)
{
    flow_free(table);
    store_free(store);
}

static void check_key(unsigned key, uint32_t same)
{
    struct wire_endpoint client = client_of(key), server = server_of(key);
    bool turned = key % 5 == 0;
    uint32_t id = flow_find(table, hash_of(key, same), turned ? &server : &client,
                            turned ? &client : &server, scope_of(key));
    assert_int_equal(id, present[key] ? ids[key] : 0);
}

static void put(unsigned key, uint32_t same)
{
    if (!present[key])
        flow_put(table, hash_of(key, same), ids[key]);
    present_count += !present[key];
    present[key] = true;
}

static void take_out(unsigned key, uint32_t same)
{
    flow_remove(table, hash_of(key, same), ids[key]); /* nothing if it is not there */
    present_count -= present[key];
    present[key] = false;
}

/* Puts and removes at random, in turns more of the one and of the other. */
static void stress(uint32_t same, unsigned keys, unsigned steps)
{
    unsigned seed = 7;
    set_up_keys();
    for (unsigned i = 0; i < steps; i++) {
        seed = seed * 1103515245u + 12345u;
        unsigned key = (seed >> 8) % keys;
        if ((seed >> 4) % 8 == 0 || i / (steps / 6) % 2 == 0)
            put(key, same);
        else
            take_out(key, same);
        check_key((seed >> 3) % keys, same);
        assert_int_equal(flow_count(table), present_count);
    }
    for (unsigned key = 0; key < keys; key++)
        check_key(key, same);
    tear_down_keys();
}

static void random_hashes(void **unused)
{
    (void)unused;
    stress(0, KEYS, 120000);
}

static void equal_hashes(void **unused)
{
    (void)unused;
    stress(1, 60, 20000);
    stress(UINT32_MAX, 60, 20000); /* at the end of the table: the chain goes round */
    stress(UINT32_C(0x80000000), 60, 20000);
}

/* Grows by parts, each entry found at every step, and gives its memory back. */
static void grows_and_shrinks(void **unused)
{
    (void)unused;
    set_up_keys();
    size_t empty_bytes = flow_bytes(table);
    for (unsigned key = 0; key < KEYS; key++) {
        put(key, 0);
        check_key(key / 2, 0);
        check_key(key, 0);
    }
    assert_true(flow_bytes(table) > empty_bytes);
    for (unsigned key = 0; key < KEYS; key++)
        check_key(key, 0);
    for (unsigned key = 0; key < KEYS; key++) {
        take_out(key, 0);
        check_key(KEYS - 1 - key, 0);
    }
    for (unsigned i = 0; i < KEYS; i++) {
        put(i % 8, 0);
        take_out(i % 8, 0);
    }
    assert_int_equal(flow_bytes(table), empty_bytes);
    tear_down_keys();
}

/* Who does not know the seed cannot aim: what falls together with one does not with another. */
static void keyed(void **unused)
{
    (void)unused;
    set_up_keys();
    struct flow_table *other = flow_new(43, store);
    unsigned same = 0;
    for (unsigned key = 0; key < 1000; key++) {
        struct wire_endpoint client = client_of(key), server = server_of(key);
        same += flow_hash(table, &client, &server, 0) >> 22 ==
                flow_hash(other, &client, &server, 0) >> 22;
    }
    assert_true(same < 20); /* of 1024 places one would fit by chance */
    flow_free(other);
    tear_down_keys();
}

/* Neighbouring addresses and ports spread over the whole table. */
static void spreads(void **unused)
{
    (void)unused;
    set_up_keys();
    unsigned hits[256] = {0};
    for (unsigned key = 0; key < KEYS; key++)
        hits[hash_of(key, 0) >> 24]++;
    for (unsigned i = 0; i < 256; i++)
        assert_in_range(hits[i], 15, 90); /* 47 on average */
    tear_down_keys();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_hashes),     cmocka_unit_test(equal_hashes),
        cmocka_unit_test(grows_and_shrinks), cmocka_unit_test(keyed),
        cmocka_unit_test(spreads),
    };
    return cmocka_run_group_tests_name("flow", tests, NULL, NULL);
}
