/* What the wire is to do: "drop client SYN nth 1". */
#include "config.h"

#include <assert.h>
#include <string.h>

#include "lab/parse.h"
#include "base/intl.h"
#include "wire/segment.h"

/* The words of a rule that are not looked at yet. */
struct rest {
    const struct lab_word *word;
    size_t count;
};

static const struct {
    const char *name;
    enum lab_action action;
} actions[] = {
    {"drop", LAB_DROP},
    {"delay", LAB_DELAY},
    {"duplicate", LAB_DUPLICATE},
    {"corrupt", LAB_CORRUPT},
    {"hold", LAB_HOLD},
    {"forge", LAB_FORGE},
    {"unreachable", LAB_UNREACHABLE},
};

static const char *next(struct rest *rest)
{
    if (rest->count == 0)
        return NULL;
    rest->count--;
    return (rest->word++)->text;
}

/* True, and past it, if the next word is this one. */
static bool skip(struct rest *rest, const char *text)
{
    if (rest->count == 0 || strcmp(rest->word->text, text) != 0)
        return false;
    next(rest);
    return true;
}

bool lab_parse_flags(const char *text, uint16_t *flags)
{
    static const struct {
        const char *name;
        uint16_t bit;
    } names[] = {{"FIN", WIRE_FIN}, {"SYN", WIRE_SYN}, {"RST", WIRE_RST}, {"ACK", WIRE_ACK}};
    *flags = 0;
    for (;;) {
        size_t length = strcspn(text, "+"), i = 0;
        while (i < 4 && (length != 3 || strncmp(text, names[i].name, 3) != 0))
            i++;
        if (i == 4)
            return false;
        *flags |= names[i].bit;
        if (text[length] == '\0')
            return true;
        text += length + 1;
    }
}

static bool take_number(struct lab_parser *parser, struct rest *rest, const char *what, int64_t min,
                        int64_t max, int64_t *value)
{
    const char *text = next(rest);
    if (text == NULL || !lab_word_number(text, min, max, value))
        return lab_parse_fail(parser, _("%s: wants a number from %lld to %lld"), what,
                              (long long)min, (long long)max);
    return true;
}

static bool take_time(struct lab_parser *parser, struct rest *rest, const char *what,
                      int64_t *time_ns)
{
    const char *text = next(rest);
    if (text == NULL || !lab_word_time(text, time_ns))
        return lab_parse_fail(parser, _("%s: wants a time such as 200ms, of at most 120s"), what);
    return true;
}

/* "3", "2-4" or "3-". */
static bool take_range(struct lab_parser *parser, struct rest *rest, struct lab_rule *rule)
{
    const char *text = next(rest);
    char first[16] = "";
    size_t length = text != NULL ? strcspn(text, "-") : 0;
    int64_t from, to;
    if (length < sizeof first && text != NULL)
        memcpy(first, text, length);
    if (text == NULL || !lab_word_number(first, 1, 1000000, &from))
        return lab_parse_fail(parser, _("nth: wants a number or a range such as 2-4 or 3-"));
    to = from;
    if (text[length] == '-') {
        to = UINT32_MAX;
        if (text[length + 1] != '\0' &&
            (!lab_word_number(text + length + 1, 1, 1000000, &to) || to < from))
            return lab_parse_fail(parser, _("%s: not a range such as 2-4"), text);
    }
    rule->first = (uint32_t)from;
    rule->last = (uint32_t)to;
    return true;
}

/* "20% seed 7": for so many of those that match, on the whole. The seed says which. */
static bool take_chance(struct lab_parser *parser, struct rest *rest, struct lab_rule *rule)
{
    int64_t number;
    char percent[8] = "";
    const char *text = next(rest);
    size_t length = text != NULL ? strlen(text) : 0;
    if (length > 1 && length <= sizeof percent && text[length - 1] == '%')
        memcpy(percent, text, length - 1);
    if (!lab_word_number(percent, 1, 99, &number))
        return lab_parse_fail(parser, _("chance: wants a share from 1%% to 99%%"));
    rule->chance = (uint32_t)number;
    rule->first = 1;
    rule->last = UINT32_MAX;
    if (!skip(rest, "seed"))
        return true;
    if (!take_number(parser, rest, "seed", 0, UINT32_MAX, &number))
        return false;
    rule->seed = (uint32_t)number;
    return true;
}

static bool take_condition(struct lab_parser *parser, struct rest *rest, struct lab_rule *rule)
{
    int64_t number;
    const char *name = next(rest);
    assert(name != NULL); /* the caller has seen that there is one */
    if (strcmp(name, "nth") == 0)
        return take_range(parser, rest, rule);
    if (strcmp(name, "seq") == 0)
        return take_number(parser, rest, name, 0, UINT32_MAX, &rule->seq);
    if (strcmp(name, "after") == 0)
        return take_time(parser, rest, name, &rule->after_ns);
    if (strcmp(name, "until") == 0)
        return take_time(parser, rest, name, &rule->until_ns);
    if (strcmp(name, "chance") == 0)
        return take_chance(parser, rest, rule);
    if (strcmp(name, "connection") == 0) {
        if (!take_number(parser, rest, name, 1, 1000, &number))
            return false;
        rule->connection = (uint32_t)number;
    } else if (strcmp(name, "all") == 0) {
        rule->first = 1;
        rule->last = UINT32_MAX;
    } else if (strcmp(name, "data") == 0) {
        rule->load = LAB_DATA;
    } else if (strcmp(name, "empty") == 0) {
        rule->load = LAB_EMPTY;
    } else {
        return lab_parse_fail(parser, _("%s: not something to tell a segment by"), name);
    }
    return true;
}

/* After "when": the segment that the rule is for. */
static bool take_segment(struct lab_parser *parser, struct rest *rest, struct lab_rule *rule)
{
    const char *host = next(rest);
    if (host == NULL || !lab_parse_host(host, &rule->from))
        return lab_parse_fail(parser, _("whose segment: client or server?"));
    const char *flags = next(rest);
    rule->any_flags = flags != NULL && strcmp(flags, "any") == 0;
    if (flags == NULL || (!rule->any_flags && !lab_parse_flags(flags, &rule->flags)))
        return lab_parse_fail(parser, _("which segment: any, or flags such as SYN or FIN+ACK?"));
    while (rest->count > 0)
        if (!take_condition(parser, rest, rule))
            return false;
    return true;
}

/* "forge server RST [offset -1] [data 10] when …" */
static bool take_forgery(struct lab_parser *parser, struct rest *rest, struct lab_rule *rule)
{
    int64_t number;
    const char *host = next(rest), *flags = next(rest);
    if (host == NULL || !lab_parse_host(host, &rule->forged_from))
        return lab_parse_fail(parser, _("forge: in whose name, client or server?"));
    if (flags == NULL || !lab_parse_flags(flags, &rule->forged_flags))
        return lab_parse_fail(parser, _("forge: which flags, such as RST or RST+ACK?"));
    if (skip(rest, "offset")) {
        if (!take_number(parser, rest, "offset", -0x7fffffff, 0x7fffffff, &number))
            return false;
        rule->forged_offset = (int32_t)number;
    }
    if (skip(rest, "data")) {
        if (!take_number(parser, rest, "data", 0, 1000, &number))
            return false;
        rule->forged_bytes = (uint16_t)number;
    }
    return true;
}

/* What comes between the action's name and the segment. */
static bool take_action_arguments(struct lab_parser *parser, struct rest *rest,
                                  struct lab_rule *rule)
{
    int64_t number;
    switch ((enum lab_action)rule->action) {
    case LAB_DELAY:
        return take_time(parser, rest, "delay", &rule->time_ns);
    case LAB_HOLD:
        if (!take_number(parser, rest, "hold", 1, 1000, &number))
            return false;
        rule->count = (uint32_t)number;
        return true;
    case LAB_DUPLICATE:
        rule->time_ns = 0;
        return rest->count == 0 || lab_parse_host(rest->word->text, &(uint8_t){0}) ||
               take_time(parser, rest, "duplicate", &rule->time_ns);
    case LAB_UNREACHABLE:
        if (!skip(rest, "port") && !skip(rest, "host"))
            return lab_parse_fail(parser, _("unreachable: port or host?"));
        rule->count = strcmp(rest->word[-1].text, "port") == 0 ? 3 : 1; /* RFC 792 */
        return true;
    case LAB_FORGE:
        return take_forgery(parser, rest, rule) &&
               (skip(rest, "when") ||
                lab_parse_fail(parser, _("forge: when which segment passes?")));
    case LAB_DROP:
    case LAB_CORRUPT:
        break;
    }
    return true;
}

bool lab_parse_rule(struct lab_parser *parser)
{
    struct lab_scenario *scenario = parser->scenario;
    struct rest rest = {parser->words.word, parser->words.count};
    const char *name = next(&rest);
    assert(name != NULL); /* no line without a word comes here */
    size_t i = 0;
    while (i < sizeof actions / sizeof actions[0] && strcmp(actions[i].name, name) != 0)
        i++;
    if (i == sizeof actions / sizeof actions[0])
        return lab_parse_fail(parser, _("%s: the wire cannot do that"), name);
    if (scenario->rule_count == LAB_MAX_RULES)
        return lab_parse_fail(parser, _("more than %d rules for the wire"), LAB_MAX_RULES);
    struct lab_rule *rule = &scenario->rules[scenario->rule_count++];
    *rule = (struct lab_rule){.line = parser->line,
                              .action = (uint8_t)actions[i].action,
                              .seq = -1,
                              .until_ns = INT64_MAX,
                              .chance = 100,
                              .first = 1,
                              .last = 1};
    return take_action_arguments(parser, &rest, rule) && take_segment(parser, &rest, rule);
}
