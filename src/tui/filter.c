/* The display filter of the connection list. */
#include "config.h"

#include "tui/filter.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/xalloc.h"
#include "wire/decode.h"

enum filter_field {
    FILTER_TEXT,
    FILTER_STATE,
    FILTER_CLIENT_STATE,
    FILTER_SERVER_STATE,
    FILTER_PORT,
    FILTER_ADDRESS,
    FILTER_CONNECTION,
    FILTER_OPEN,
    FILTER_CLOSE,
    FILTER_FINDING
};

#define ANY_FINDING TRACK_FINDINGS

struct tui_filter_term {
    enum filter_field field;
    bool negated;
    uint64_t number; /* the value, unless it is text */
    char *text;      /* owned; NULL unless FILTER_TEXT or FILTER_ADDRESS */
};

static const struct {
    const char *name;
    enum filter_field field;
} fields[] = {
    {"state", FILTER_STATE},
    {"client.state", FILTER_CLIENT_STATE},
    {"server.state", FILTER_SERVER_STATE},
    {"port", FILTER_PORT},
    {"address", FILTER_ADDRESS},
    {"connection", FILTER_CONNECTION},
    {"open", FILTER_OPEN},
    {"close", FILTER_CLOSE},
    {"finding", FILTER_FINDING},
};

static bool parse_number(const char *text, uint64_t max, uint64_t *number)
{
    uint64_t value = 0;
    if (*text == '\0')
        return false;
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9' || value > max / 10)
            return false;
        value = value * 10 + (uint64_t)(*text - '0');
    }
    *number = value;
    return value <= max;
}

/* The names of each kind of value; a number is turned into its name by one of these. */
static const char *state_name(unsigned number)
{
    return track_state_name((enum track_state)number);
}

static const char *open_name(unsigned number)
{
    return track_open_name((enum track_open)number);
}

static const char *close_name(unsigned number)
{
    return track_close_name((enum track_close)number);
}

static const char *finding_name(unsigned number)
{
    return number == ANY_FINDING ? "any" : track_finding_name((enum track_finding)number);
}

/* '-' and '_' are the same, and so are capitals and small letters. */
static bool same_word(const char *a, const char *b)
{
    for (; *a != '\0' && *b != '\0'; a++, b++) {
        char left[2] = {*a == '-' ? '_' : *a, '\0'};
        char right[2] = {*b == '-' ? '_' : *b, '\0'};
        if (strcasecmp(left, right) != 0)
            return false;
    }
    return *a == *b;
}

static bool parse_name(const char *text, const char *(*name)(unsigned), unsigned count,
                       uint64_t *number)
{
    for (unsigned i = 0; i < count; i++) {
        if (same_word(name(i), text)) {
            *number = i;
            return true;
        }
    }
    return false;
}

static bool parse_value(struct tui_filter_term *term, const char *text)
{
    switch (term->field) {
    case FILTER_STATE:
    case FILTER_CLIENT_STATE:
    case FILTER_SERVER_STATE:
        return parse_name(text, state_name, TRACK_STATES, &term->number);
    case FILTER_PORT:
        return parse_number(text, UINT16_MAX, &term->number);
    case FILTER_CONNECTION:
        return parse_number(text, UINT64_MAX / 2, &term->number);
    case FILTER_OPEN:
        return parse_name(text, open_name, TRACK_OPEN_MIDSTREAM + 1, &term->number);
    case FILTER_CLOSE:
        return parse_name(text, close_name, TRACK_CLOSE_TIMEOUT + 1, &term->number);
    case FILTER_FINDING:
        return parse_name(text, finding_name, ANY_FINDING + 1, &term->number);
    case FILTER_TEXT:
    case FILTER_ADDRESS:
        term->text = base_strdup(text);
        return *text != '\0';
    }
    return false;
}

/* The word is the caller's to change. */
static bool parse_word(char *word, struct tui_filter_term *term, struct base_strbuf *error)
{
    *term = (struct tui_filter_term){.field = FILTER_TEXT};
    if (word[0] == '-' && word[1] != '\0') {
        term->negated = true;
        word++;
    }
    char *equals = strchr(word, '=');
    if (equals == NULL)
        return parse_value(term, word);
    char *value = equals + 1;
    *equals = '\0';
    if (equals > word && equals[-1] == '!') {
        equals[-1] = '\0';
        term->negated = !term->negated;
    }
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        if (!same_word(fields[i].name, word))
            continue;
        term->field = fields[i].field;
        if (parse_value(term, value))
            return true;
        base_strbuf_printf(error, "%s=%s: not a value of this field", word, value);
        return false;
    }
    base_strbuf_printf(error, "%s: not a field; F1 lists them", word);
    return false;
}

bool tui_filter_parse(struct tui_filter *filter, const char *text, struct base_strbuf *error)
{
    *filter = (struct tui_filter){0};
    char *copy = base_strdup(text);
    char *rest = copy;
    bool right = true;
    for (char *word; right && (word = strsep(&rest, " ")) != NULL;) {
        if (*word == '\0' || strcmp(word, "and") == 0 || strcmp(word, "&&") == 0)
            continue;
        struct tui_filter_term term;
        right = parse_word(word, &term, error);
        filter->terms = base_realloc(filter->terms, filter->count + 1, sizeof term);
        filter->terms[filter->count++] = term;
    }
    free(copy);
    if (!right)
        tui_filter_free(filter);
    return right;
}

void tui_filter_free(struct tui_filter *filter)
{
    for (size_t i = 0; i < filter->count; i++)
        free(filter->terms[i].text);
    free(filter->terms);
    *filter = (struct tui_filter){0};
}

static bool contains(const char *text, const char *part)
{
    size_t length = strlen(part);
    for (; *text != '\0'; text++)
        if (strncasecmp(text, part, length) == 0)
            return true;
    return false;
}

static bool end_has_text(const struct track_end_record *end, const char *part)
{
    char text[WIRE_ENDPOINT_TEXT];
    return contains(wire_endpoint_text(&end->endpoint, text, sizeof text), part) ||
           contains(track_state_name((enum track_state)end->state), part);
}

static bool end_has_address(const struct track_end_record *end, const char *address)
{
    char text[WIRE_ENDPOINT_TEXT];
    return strcasecmp(wire_address_text(&end->endpoint, text, sizeof text), address) == 0;
}

static bool has_finding(const struct track_connection *connection, uint64_t wanted)
{
    for (unsigned i = 0; i < TRACK_FINDINGS; i++)
        if (connection->findings[i] > 0 && (wanted == ANY_FINDING || wanted == i))
            return true;
    return false;
}

static bool term_holds(const struct tui_filter_term *term, const struct track_connection *c)
{
    const struct track_end_record *client = &c->end[TRACK_CLIENT];
    const struct track_end_record *server = &c->end[c->self_connect ? TRACK_CLIENT : TRACK_SERVER];
    switch (term->field) {
    case FILTER_TEXT:
        return end_has_text(client, term->text) || end_has_text(server, term->text);
    case FILTER_ADDRESS:
        return end_has_address(client, term->text) || end_has_address(server, term->text);
    case FILTER_STATE:
        return client->state == term->number || server->state == term->number;
    case FILTER_CLIENT_STATE:
        return client->state == term->number;
    case FILTER_SERVER_STATE:
        return server->state == term->number;
    case FILTER_PORT:
        return client->endpoint.port == term->number || server->endpoint.port == term->number;
    case FILTER_CONNECTION:
        return c->number == term->number;
    case FILTER_OPEN:
        return c->open == term->number;
    case FILTER_CLOSE:
        return c->close == term->number;
    case FILTER_FINDING:
        return has_finding(c, term->number);
    }
    return false;
}

bool tui_filter_matches(const struct tui_filter *filter, const struct track_connection *connection)
{
    for (size_t i = 0; i < filter->count; i++)
        if (term_holds(&filter->terms[i], connection) == filter->terms[i].negated)
            return false;
    return true;
}
