/* Whole sentences with named places. */
#include "config.h"

#include "explain/fill.h"

#include <assert.h>
#include <string.h>

static const struct explain_place *find_place(const char *name, size_t length,
                                              const struct explain_place *places, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strlen(places[i].name) == length && memcmp(places[i].name, name, length) == 0)
            return &places[i];
    return NULL;
}

void explain_fill(struct base_strbuf *out, const char *sentence, const struct explain_place *places,
                  size_t count, const void *context)
{
    while (*sentence != '\0') {
        size_t plain = strcspn(sentence, "{");
        base_strbuf_add(out, sentence, plain);
        sentence += plain;
        if (*sentence == '\0')
            return;
        size_t length = strcspn(++sentence, "}");
        const struct explain_place *place = find_place(sentence, length, places, count);
        assert(place != NULL && sentence[length] == '}');
        if (place != NULL)
            place->put(context, out);
        sentence += length + (sentence[length] == '}');
    }
}
