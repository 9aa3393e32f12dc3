/* The slab: objects stay whole, are used again, and their memory goes back. */
#include "config.h"

#include "support.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/slab.h"

enum { OBJECTS = 20000 };

struct object {
    unsigned char *memory; /* NULL: given back */
    size_t bytes;
};

static void fill(struct object *object, unsigned number)
{
    memset(object->memory, (int)(number % 251), object->bytes);
}

static bool is_whole(const struct object *object, unsigned number)
{
    for (size_t i = 0; i < object->bytes; i++)
        if (object->memory[i] != number % 251)
            return false;
    return true;
}

static void random_sizes(void **unused)
{
    (void)unused;
    static struct object objects[OBJECTS];
    memset(objects, 0, sizeof objects);
    struct base_slab *slab = base_slab_new();
    unsigned seed = 3;
    for (unsigned i = 0; i < 20 * OBJECTS; i++) {
        seed = seed * 1103515245u + 12345u;
        unsigned number = (seed >> 8) % OBJECTS;
        struct object *object = &objects[number];
        if (object->memory != NULL) {
            assert_true(is_whole(object, number));
            base_slab_give(slab, object->memory, object->bytes);
            object->memory = NULL;
        } else {
            object->bytes = 1 + (seed >> 4) % (number % 50 == 0 ? BASE_SLAB_MAX : 300);
            object->memory = base_slab_take(slab, object->bytes);
            assert_int_equal((uintptr_t)object->memory % 16, 0);
            fill(object, number);
        }
    }
    for (unsigned number = 0; number < OBJECTS; number++)
        if (objects[number].memory != NULL) {
            assert_true(is_whole(&objects[number], number));
            base_slab_give(slab, objects[number].memory, objects[number].bytes);
        }
    assert_int_equal(base_slab_object_bytes(slab), 0);
    base_slab_free(slab);
}

/* Little is lost, nothing grows in a steady state, and other sizes get what was freed. */
static void memory_is_used_again(void **unused)
{
    (void)unused;
    static void *objects[OBJECTS];
    struct base_slab *slab = base_slab_new();
    size_t most = 0;
    for (unsigned round = 0; round < 40; round++) {
        size_t bytes = 48 + 32 * (round % 4);
        for (unsigned i = 0; i < OBJECTS; i++)
            objects[i] = base_slab_take(slab, bytes);
        assert_int_equal(base_slab_object_bytes(slab), OBJECTS * bytes);
        assert_true(base_slab_chunk_bytes(slab) < OBJECTS * bytes * 105 / 100 + 8 * 65536);
        if (round < 4 && base_slab_chunk_bytes(slab) > most)
            most = base_slab_chunk_bytes(slab);
        assert_true(base_slab_chunk_bytes(slab) <= most);
        for (unsigned i = 0; i < OBJECTS; i++)
            base_slab_give(slab, objects[(i * 7919u) % OBJECTS], bytes);
        assert_int_equal(base_slab_object_bytes(slab), 0);
        assert_true(base_slab_chunk_bytes(slab) <= 4 * 65536); /* one a size */
    }
    base_slab_free(slab);
}

static void room(void **unused)
{
    (void)unused;
    assert_int_equal(base_slab_room(1), 16);
    assert_int_equal(base_slab_room(16), 16);
    assert_int_equal(base_slab_room(17), 32);
    assert_int_equal(base_slab_room(BASE_SLAB_MAX), BASE_SLAB_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_sizes),
        cmocka_unit_test(memory_is_used_again),
        cmocka_unit_test(room),
    };
    return cmocka_run_group_tests_name("slab", tests, NULL, NULL);
}
