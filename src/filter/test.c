/* Whether one term of a display filter holds for a connection. */
#include "config.h"

#include <string.h>

#include "filter/fields.h"

static char small(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool begins(const char *text, const char *part)
{
    for (; *part != '\0'; text++, part++)
        if (small(*text) != small(*part))
            return false;
    return true;
}

static bool contains(const char *text, const char *part)
{
    for (; *text != '\0'; text++)
        if (begins(text, part))
            return true;
    return *part == '\0';
}

static bool same(const char *text, const char *other)
{
    return strlen(text) == strlen(other) && begins(text, other);
}

static const struct track_end_record *end_of(const struct filter_subject *subject, unsigned side)
{
    return &subject->connection->end[subject->connection->self_connect ? TRACK_CLIENT : side];
}

static const char *name_of(const struct filter_subject *subject, unsigned side)
{
    return subject->names[subject->connection->self_connect ? TRACK_CLIENT : side];
}

bool filter_text_found(const char *text, const struct filter_subject *subject)
{
    for (unsigned side = 0; side < 2; side++) {
        char endpoint[WIRE_ENDPOINT_TEXT];
        const struct track_end_record *end = end_of(subject, side);
        const char *name = name_of(subject, side);
        if (contains(wire_endpoint_text(&end->endpoint, endpoint, sizeof endpoint), text) ||
            contains(track_state_name((enum track_state)end->state), text) ||
            (name != NULL && contains(name, text)))
            return true;
    }
    return false;
}

/* --- text --- */

static bool text_holds(const struct filter_test *test, const char *text)
{
    if (test->pattern != NULL)
        return base_pattern_matches(test->pattern, text, strlen(text));
    if (test->op == FILTER_CONTAINS)
        return contains(text, test->text);
    return same(text, test->text);
}

static bool endpoint_holds(const struct filter_test *test, const struct filter_subject *subject,
                           unsigned side)
{
    char text[WIRE_ENDPOINT_TEXT];
    const struct wire_endpoint *endpoint = &end_of(subject, side)->endpoint;
    const char *name = name_of(subject, side);
    if (test->op == FILTER_HAS)
        return true;
    if (test->text == NULL && test->pattern == NULL)
        return wire_subnet_has(&test->subnet, endpoint);
    return (name != NULL && text_holds(test, name)) ||
           ((test->pattern != NULL || test->op == FILTER_CONTAINS) &&
            text_holds(test, wire_endpoint_text(endpoint, text, sizeof text)));
}

static bool has_finding(const struct filter_test *test, const struct track_connection *connection)
{
    for (unsigned i = 0; i < TRACK_FINDINGS; i++) {
        if (connection->findings[i] == 0)
            continue;
        if (test->op == FILTER_HAS || test->number == FILTER_ANY_FINDING)
            return true;
        if (test->text != NULL || test->pattern != NULL
                ? text_holds(test, track_finding_name((enum track_finding)i))
                : test->number == i)
            return true;
    }
    return false;
}

/* --- numbers --- */

static bool number_holds(const struct filter_test *test, int64_t value, int64_t wanted)
{
    switch (test->op) {
    case FILTER_EQUAL:
    case FILTER_NOT_EQUAL: /* turned round by who asks */
        return value == wanted;
    case FILTER_LESS:
        return value < wanted;
    case FILTER_LESS_EQUAL:
        return value <= wanted;
    case FILTER_GREATER:
        return value > wanted;
    case FILTER_GREATER_EQUAL:
        return value >= wanted;
    case FILTER_HAS:
        return value != 0;
    case FILTER_MATCHES:
    case FILTER_NOT_MATCHES:
    case FILTER_CONTAINS:
        break;
    }
    return false;
}

/* Both ends together; false unless both are known. */
static bool sum_of(const struct filter_test *test, const struct filter_subject *subject,
                   int64_t *sum)
{
    int64_t other = 0;
    if (!test->field->get(subject, TRACK_CLIENT, sum))
        return false;
    if (subject->connection->self_connect)
        return true;
    if (!test->field->get(subject, TRACK_SERVER, &other))
        return false;
    *sum = *sum > INT64_MAX - other ? INT64_MAX : *sum + other;
    return true;
}

static bool value_holds(const struct filter_test *test, const struct filter_subject *subject,
                        int64_t value)
{
    int64_t wanted = test->number;
    const char *word =
        test->field->kind >= FILTER_STATE ? filter_word(test->field->kind, (unsigned)value) : NULL;
    if (word != NULL && (test->pattern != NULL || test->text != NULL))
        return text_holds(test, word);
    if (word != NULL && test->op == FILTER_HAS)
        return true;
    if (test->from_start)
        wanted = subject->first_ns > INT64_MAX - wanted ? INT64_MAX : subject->first_ns + wanted;
    return number_holds(test, value, wanted);
}

static bool side_holds(const struct filter_test *test, const struct filter_subject *subject,
                       unsigned side)
{
    int64_t value;
    if (test->field->kind == FILTER_ENDPOINT)
        return endpoint_holds(test, subject, side);
    return test->field->get(subject, side, &value) && value_holds(test, subject, value);
}

/* As the operator says, but for != and !~, which are = and ~ turned round. */
static bool plainly_holds(const struct filter_test *test, const struct filter_subject *subject)
{
    const struct filter_field *field = test->field;
    int64_t value;
    if (test->counts > 0)
        return number_holds(test, subject->connection->findings[test->counts - 1], test->number);
    if (field->kind == FILTER_FINDING)
        return has_finding(test, subject->connection);
    if (field->kind == FILTER_TEXT)
        return test->op == FILTER_HAS ? field->text(subject)[0] != '\0'
                                      : text_holds(test, field->text(subject));
    if (test->side != FILTER_BOTH_SIDES)
        return side_holds(test, subject, test->side);
    if (field->sides == FILTER_SUM)
        return sum_of(test, subject, &value) && value_holds(test, subject, value);
    return side_holds(test, subject, TRACK_CLIENT) ||
           (field->sides == FILTER_EITHER && side_holds(test, subject, TRACK_SERVER));
}

bool filter_test_holds(const struct filter_test *test, const struct filter_subject *subject)
{
    bool turned = test->op == FILTER_NOT_EQUAL || test->op == FILTER_NOT_MATCHES;
    return plainly_holds(test, subject) != turned;
}
