/* The display filter: its grammar, and the tree that it becomes. */
#include "config.h"

#include "filter/filter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/intl.h"
#include "base/xalloc.h"
#include "filter/fields.h"

#define MAX_NODES 300
#define MAX_DEPTH 40

enum node_kind { NODE_AND, NODE_OR, NODE_NOT, NODE_TEXT, NODE_TEST };

struct node {
    uint8_t kind;
    uint16_t left, right;    /* indices; NODE_NOT has the left one only */
    struct filter_test test; /* NODE_TEXT uses its text */
};

#define NO_NODE UINT16_MAX

struct filter {
    struct node *nodes; /* owned */
    size_t count, capacity;
    uint16_t root; /* NO_NODE: an empty filter */
};

struct parser {
    struct filter *filter;
    struct filter_error *error;
    const char *text;
    size_t length, at;
    unsigned depth;
    bool failed;
};

static void fail(struct parser *parser, size_t offset, size_t length, const char *why)
{
    if (parser->failed)
        return;
    parser->failed = true;
    parser->error->offset = offset;
    parser->error->length = length;
    snprintf(parser->error->text, sizeof parser->error->text, "%s", why);
}

static uint16_t add_node(struct parser *parser, struct node node)
{
    struct filter *filter = parser->filter;
    if (filter->count == MAX_NODES)
        fail(parser, parser->at, 0, _("too many terms"));
    if (parser->failed) {
        filter_test_free(&node.test);
        return NO_NODE;
    }
    if (filter->count == filter->capacity) {
        filter->capacity = filter->capacity > 0 ? 2 * filter->capacity : 4;
        filter->nodes = base_realloc(filter->nodes, filter->capacity, sizeof node);
    }
    filter->nodes[filter->count] = node;
    return (uint16_t)filter->count++;
}

static uint16_t join(struct parser *parser, enum node_kind kind, uint16_t left, uint16_t right)
{
    return add_node(parser, (struct node){.kind = (uint8_t)kind, .left = left, .right = right});
}

/* --- words --- */

static char byte_at(const struct parser *parser, size_t at)
{
    return at < parser->length ? parser->text[at] : '\0';
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void skip_blanks(struct parser *parser)
{
    while (parser->at < parser->length && is_blank(parser->text[parser->at]))
        parser->at++;
}

static bool starts_with(const struct parser *parser, size_t at, const char *sign)
{
    size_t length = strlen(sign);
    return parser->length - at >= length && memcmp(parser->text + at, sign, length) == 0;
}

static bool ends_word(const struct parser *parser, size_t at)
{
    char c = byte_at(parser, at);
    return at >= parser->length || is_blank(c) || strchr("()\"=<>~,{}", c) != NULL ||
           (c == '!' && (byte_at(parser, at + 1) == '=' || byte_at(parser, at + 1) == '~')) ||
           starts_with(parser, at, "&&") || starts_with(parser, at, "||");
}

static size_t word_length(const struct parser *parser, size_t at)
{
    size_t end = at;
    while (!ends_word(parser, end))
        end++;
    return end - at;
}

/* The keyword is next, as a word of its own; it is taken. */
static bool take_keyword(struct parser *parser, const char *keyword)
{
    skip_blanks(parser);
    size_t length = word_length(parser, parser->at);
    if (length == 0 || !filter_same_word(keyword, parser->text + parser->at, length))
        return false;
    parser->at += length;
    return true;
}

static bool take_sign(struct parser *parser, const char *sign)
{
    skip_blanks(parser);
    if (!starts_with(parser, parser->at, sign))
        return false;
    parser->at += strlen(sign);
    return true;
}

static bool peek_keyword(struct parser *parser, const char *keyword)
{
    size_t at = parser->at;
    bool is = take_keyword(parser, keyword);
    parser->at = at;
    return is;
}

/* --- values --- */

/* Text in quotes without them, a backslash before what would end it; owned by the caller. */
static char *take_quoted(struct parser *parser, size_t *length)
{
    size_t start = parser->at++;
    char *copy = base_alloc(parser->length - start);
    *length = 0;
    while (parser->at < parser->length && parser->text[parser->at] != '"') {
        char next = byte_at(parser, parser->at + 1);
        if (parser->text[parser->at] == '\\' && (next == '"' || next == '\\'))
            parser->at++;
        copy[(*length)++] = parser->text[parser->at++];
    }
    copy[*length] = '\0';
    if (parser->at >= parser->length)
        fail(parser, start, 1, _("the quotation mark is not closed"));
    else
        parser->at++;
    return copy;
}

/* Without quotes a value ends at a blank or a parenthesis that it did not open. */
static size_t value_length(const struct parser *parser, bool in_set)
{
    size_t end = parser->at, open = 0;
    for (; end < parser->length; end++) {
        char c = parser->text[end];
        if (is_blank(c) || (open == 0 && c == ')') || (in_set && (c == ',' || c == '}')) ||
            starts_with(parser, end, "&&") || starts_with(parser, end, "||"))
            break;
        open += c == '(';
        open -= c == ')' && open > 0;
    }
    return end - parser->at;
}

/* The test with the value that is next; owned by the node that comes of it. */
static uint16_t add_test(struct parser *parser, struct filter_test test, size_t start,
                         const char *value, size_t length)
{
    struct filter_error error = {.offset = start, .length = length};
    if (!parser->failed && !filter_value_take(&test, value, length, &error))
        fail(parser, error.offset, error.length, error.text);
    return add_node(parser, (struct node){.kind = NODE_TEST, .test = test});
}

static uint16_t take_value(struct parser *parser, struct filter_test test)
{
    skip_blanks(parser);
    size_t start = parser->at, length;
    if (byte_at(parser, start) == '"') {
        char *text = take_quoted(parser, &length);
        uint16_t node = add_test(parser, test, start + 1, text, length);
        free(text);
        return node;
    }
    length = value_length(parser, false);
    if (length == 0) {
        fail(parser, start, 0, _("a value is missing here"));
        return NO_NODE;
    }
    parser->at += length;
    return add_test(parser, test, start, parser->text + start, length);
}

/* "80" or "8000..8080". */
static uint16_t take_member(struct parser *parser, struct filter_test test)
{
    size_t start = parser->at, length = value_length(parser, true), dots = 0;
    const char *text = parser->text + start;
    if (byte_at(parser, start) == '"')
        return take_value(parser, test);
    if (length == 0) {
        fail(parser, start, 0, _("a value is missing here"));
        return NO_NODE;
    }
    parser->at += length;
    while (dots + 1 < length && (text[dots] != '.' || text[dots + 1] != '.'))
        dots++;
    if (dots + 1 >= length)
        return add_test(parser, test, start, text, length);
    struct filter_test low = test, high = test;
    low.op = FILTER_GREATER_EQUAL;
    high.op = FILTER_LESS_EQUAL;
    uint16_t left = add_test(parser, low, start, text, dots);
    uint16_t right = add_test(parser, high, start + dots + 2, text + dots + 2, length - dots - 2);
    return join(parser, NODE_AND, left, right);
}

static uint16_t take_set(struct parser *parser, struct filter_test test)
{
    uint16_t all = NO_NODE;
    skip_blanks(parser);
    size_t start = parser->at;
    if (!take_sign(parser, "{")) {
        fail(parser, start, 0, _("in wants values in braces: {80, 443}"));
        return NO_NODE;
    }
    for (skip_blanks(parser); !parser->failed && byte_at(parser, parser->at) != '}';) {
        if (parser->at >= parser->length)
            fail(parser, start, 1, _("the brace is not closed"));
        uint16_t one = take_member(parser, test);
        all = all == NO_NODE ? one : join(parser, NODE_OR, all, one);
        take_sign(parser, ",");
        skip_blanks(parser);
    }
    parser->at++;
    if (all == NO_NODE)
        fail(parser, start, 1, _("a value is missing here"));
    return all;
}

/* --- comparisons --- */

static const struct {
    const char *sign;
    enum filter_operator op;
} signs[] = {
    {"==", FILTER_EQUAL},         {"!=", FILTER_NOT_EQUAL}, {"<=", FILTER_LESS_EQUAL},
    {">=", FILTER_GREATER_EQUAL}, {"=~", FILTER_MATCHES},   {"!~", FILTER_NOT_MATCHES},
    {"=", FILTER_EQUAL},          {"<", FILTER_LESS},       {">", FILTER_GREATER},
    {"~", FILTER_MATCHES},
};

static const struct {
    const char *word;
    enum filter_operator op;
} operator_words[] = {
    {"eq", FILTER_EQUAL},        {"ne", FILTER_NOT_EQUAL},      {"lt", FILTER_LESS},
    {"le", FILTER_LESS_EQUAL},   {"gt", FILTER_GREATER},        {"ge", FILTER_GREATER_EQUAL},
    {"matches", FILTER_MATCHES}, {"contains", FILTER_CONTAINS},
};

static bool take_operator_sign(struct parser *parser, enum filter_operator *op)
{
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++) {
        if (take_sign(parser, signs[i].sign)) {
            *op = signs[i].op;
            return true;
        }
    }
    return false;
}

static bool take_operator_word(struct parser *parser, enum filter_operator *op)
{
    for (size_t i = 0; i < sizeof operator_words / sizeof operator_words[0]; i++) {
        if (take_keyword(parser, operator_words[i].word)) {
            *op = operator_words[i].op;
            return true;
        }
    }
    return false;
}

/* "finding.NAME". */
static bool take_counted(struct filter_test *test, const char *name, size_t length)
{
    static const char prefix[] = "finding.";
    size_t prefix_length = sizeof prefix - 1;
    if (length <= prefix_length)
        return false;
    for (size_t i = 0; i < prefix_length; i++)
        if ((name[i] | 0x20) != (prefix[i] | 0x20))
            return false;
    for (unsigned i = 0; i < TRACK_FINDINGS; i++) {
        if (filter_same_word(track_finding_name((enum track_finding)i), name + prefix_length,
                             length - prefix_length)) {
            test->field = filter_field_by_name("finding", strlen("finding"));
            test->counts = i + 1;
            return true;
        }
    }
    return false;
}

/* "bytes", "client.bytes", "finding.NAME"; false: there is no such field. */
static bool find_field(struct filter_test *test, const char *name, size_t length)
{
    static const char *const sides[] = {"client", "server"};
    *test = (struct filter_test){.op = FILTER_HAS, .side = FILTER_BOTH_SIDES};
    if (take_counted(test, name, length))
        return true;
    for (unsigned side = 0; side < 2; side++) {
        size_t skip = strlen(sides[side]);
        bool begins = length >= skip && filter_same_word(sides[side], name, skip);
        if (!begins || (length > skip && name[skip] != '.'))
            continue;
        test->side = side;
        test->field = length == skip ? filter_field_by_name(name, length)
                                     : filter_field_by_name(name + skip + 1, length - skip - 1);
        return test->field != NULL && (length == skip || test->field->sides != FILTER_WHOLE);
    }
    test->field = filter_field_by_name(name, length);
    return test->field != NULL;
}

static void fail_field(struct parser *parser, size_t start, size_t length)
{
    char why[100];
    snprintf(why, sizeof why, _("%.*s: no such field; F1 or --help filter lists them"),
             (int)(length < 40 ? length : 40), parser->text + start);
    fail(parser, start, length, why);
}

static uint16_t take_text(struct parser *parser, size_t start, size_t length)
{
    char *text = base_alloc(length + 1);
    memcpy(text, parser->text + start, length);
    text[length] = '\0';
    return add_node(parser, (struct node){.kind = NODE_TEXT, .test.text = text});
}

/* A field with a comparison, a field alone, or text to be found. */
static uint16_t take_term(struct parser *parser)
{
    size_t start = parser->at, length = word_length(parser, start);
    struct filter_test test;
    bool known = length > 0 && find_field(&test, parser->text + start, length);
    parser->at += length;
    size_t behind = parser->at;
    enum filter_operator op;
    if (take_operator_sign(parser, &op)) {
        if (length == 0)
            fail(parser, start, 0, _("a field is missing here"));
        else if (!known)
            fail_field(parser, start, length);
        test.op = op;
        return parser->failed ? NO_NODE : take_value(parser, test);
    }
    if (length == 0 || filter_same_word("and", parser->text + start, length) ||
        filter_same_word("or", parser->text + start, length)) {
        fail(parser, start, length, _("a term is missing here"));
        return NO_NODE;
    }
    if (known && take_operator_word(parser, &test.op))
        return take_value(parser, test);
    if (known && take_keyword(parser, "in")) {
        test.op = FILTER_EQUAL;
        return take_set(parser, test);
    }
    parser->at = behind;
    return known ? add_node(parser, (struct node){.kind = NODE_TEST, .test = test})
                 : take_text(parser, start, length);
}

/* --- the grammar --- */

static uint16_t take_or(struct parser *parser);

static uint16_t take_group(struct parser *parser)
{
    size_t start = parser->at++;
    uint16_t inside = take_or(parser);
    if (!parser->failed && !take_sign(parser, ")"))
        fail(parser, start, 1, _("the parenthesis is not closed"));
    return inside;
}

static bool takes_not(struct parser *parser)
{
    skip_blanks(parser);
    char c = byte_at(parser, parser->at), next = byte_at(parser, parser->at + 1);
    bool sign =
        (c == '!' && next != '=' && next != '~') || (c == '-' && next != '\0' && !is_blank(next));
    parser->at += sign;
    return sign || take_keyword(parser, "not");
}

static uint16_t take_factor(struct parser *parser)
{
    size_t length;
    uint16_t node;
    if (++parser->depth > MAX_DEPTH)
        fail(parser, parser->at, 0, _("too deep"));
    if (parser->failed) {
        node = NO_NODE;
    } else if (takes_not(parser)) {
        node = take_factor(parser);
        node = join(parser, NODE_NOT, node, NO_NODE);
    } else if (byte_at(parser, parser->at) == '(') {
        node = take_group(parser);
    } else if (byte_at(parser, parser->at) == '"') {
        char *text = take_quoted(parser, &length);
        node = add_node(parser, (struct node){.kind = NODE_TEXT, .test.text = text});
    } else {
        node = take_term(parser);
    }
    parser->depth--;
    return node;
}

static bool and_ends(struct parser *parser)
{
    skip_blanks(parser);
    return parser->failed || parser->at >= parser->length || byte_at(parser, parser->at) == ')' ||
           starts_with(parser, parser->at, "||") || peek_keyword(parser, "or");
}

static uint16_t take_and(struct parser *parser)
{
    uint16_t left = take_factor(parser);
    while (!and_ends(parser)) {
        if (!take_sign(parser, "&&"))
            take_keyword(parser, "and");
        /* a trailing "and" is on the way to more */
        skip_blanks(parser);
        if (parser->at >= parser->length)
            fail(parser, parser->at, 0, _("a term is missing here"));
        left = join(parser, NODE_AND, left, take_factor(parser));
    }
    return left;
}

static uint16_t take_or(struct parser *parser)
{
    uint16_t left = take_and(parser);
    while (!parser->failed && (take_sign(parser, "||") || take_keyword(parser, "or"))) {
        skip_blanks(parser);
        if (parser->at >= parser->length)
            fail(parser, parser->at, 0, _("a term is missing here"));
        left = join(parser, NODE_OR, left, take_and(parser));
    }
    return left;
}

static void parse(struct parser *parser)
{
    skip_blanks(parser);
    if (parser->length > FILTER_MAX_BYTES)
        fail(parser, FILTER_MAX_BYTES, 0, _("the filter is too long"));
    if (parser->failed || parser->at >= parser->length)
        return;
    parser->filter->root = take_or(parser);
    skip_blanks(parser);
    if (!parser->failed && parser->at < parser->length)
        fail(parser, parser->at, 1, _("the parenthesis was not opened"));
}

struct filter *filter_new(const char *text, struct filter_error *error)
{
    struct filter *filter = base_calloc(1, sizeof *filter);
    filter->root = NO_NODE;
    *error = (struct filter_error){0};
    struct parser parser = {.filter = filter, .error = error, .text = text, .length = strlen(text)};
    parse(&parser);
    if (!parser.failed)
        return filter;
    filter_free(filter);
    return NULL;
}

void filter_free(struct filter *filter)
{
    if (filter == NULL)
        return;
    for (size_t i = 0; i < filter->count; i++)
        filter_test_free(&filter->nodes[i].test);
    free(filter->nodes);
    free(filter);
}

bool filter_is_set(const struct filter *filter)
{
    return filter->root != NO_NODE;
}

static bool holds(const struct filter *filter, uint16_t index, const struct filter_subject *subject)
{
    const struct node *node = &filter->nodes[index];
    switch ((enum node_kind)node->kind) {
    case NODE_AND:
        return holds(filter, node->left, subject) && holds(filter, node->right, subject);
    case NODE_OR:
        return holds(filter, node->left, subject) || holds(filter, node->right, subject);
    case NODE_NOT:
        return !holds(filter, node->left, subject);
    case NODE_TEXT:
        return filter_text_found(node->test.text, subject);
    case NODE_TEST:
        return filter_test_holds(&node->test, subject);
    }
    return false;
}

bool filter_matches(const struct filter *filter, const struct filter_subject *subject)
{
    return filter->root == NO_NODE || holds(filter, filter->root, subject);
}
