/* What a field is compared with: numbers with units, times, addresses, names, expressions. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/intl.h"
#include "base/xalloc.h"
#include "filter/fields.h"

#define MAX_VALUE_BYTES 500

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool refuse(struct filter_error *error, const char *why)
{
    snprintf(error->text, sizeof error->text, "%s", why);
    return false;
}

/* --- numbers --- */

struct unit {
    const char *name;
    int64_t factor;
};

static const struct unit count_units[] = {
    {"", 1}, {"k", 1000}, {"M", 1000000}, {"G", 1000000000}, {NULL, 0}};

static const struct unit byte_units[] = {
    {"", 1},          {"B", 1},          {"k", 1000},        {"KB", 1000},  {"M", 1000000},
    {"MB", 1000000},  {"G", 1000000000}, {"GB", 1000000000}, {"KiB", 1024}, {"MiB", 1024 * 1024},
    {"GiB", 1 << 30}, {NULL, 0}};

#define SECOND_NS INT64_C(1000000000)

static const struct unit span_units[] = {{"", SECOND_NS},
                                         {"ns", 1},
                                         {"us", 1000},
                                         {"µs", 1000},
                                         {"ms", 1000000},
                                         {"s", SECOND_NS},
                                         {"min", 60 * SECOND_NS},
                                         {"h", 3600 * SECOND_NS},
                                         {"d", 86400 * SECOND_NS},
                                         {NULL, 0}};

static const struct unit *find_unit(const struct unit *units, const char *name)
{
    for (; units->name != NULL; units++)
        if (filter_same_word(units->name, name, strlen(name)))
            return units;
    return NULL;
}

/* Digits with a fraction and a unit; what is more than 2^63 is that. */
static bool take_quantity(const char *text, const struct unit *units, int64_t *number)
{
    int64_t whole = 0, fraction = 0, scale = 1;
    if (!is_digit(text[0]))
        return false;
    for (; is_digit(*text); text++)
        whole = whole > INT64_MAX / 10 - 1 ? INT64_MAX / 10 : whole * 10 + (*text - '0');
    if (*text == '.' && is_digit(text[1]))
        for (text++; is_digit(*text); text++)
            if (scale < SECOND_NS) {
                fraction = fraction * 10 + (*text - '0');
                scale *= 10;
            }
    const struct unit *unit = find_unit(units, text + strspn(text, " "));
    if (unit == NULL)
        return false;
    /* the fraction is below 10^9, the factor below 10^14 */
    int64_t rest = unit->factor / scale * fraction + unit->factor % scale * fraction / scale;
    *number = whole > (INT64_MAX - rest) / unit->factor ? INT64_MAX : whole * unit->factor + rest;
    return true;
}

/* --- dates --- */

static bool take_digits(const char **text, unsigned digits, int64_t low, int64_t high,
                        int64_t *number)
{
    *number = 0;
    for (unsigned i = 0; i < digits; i++, (*text)++) {
        if (!is_digit(**text))
            return false;
        *number = *number * 10 + (**text - '0');
    }
    return *number >= low && *number <= high;
}

/* Days since 1970-01-01 in the Gregorian calendar, the year beginning in March. */
static int64_t days_of(int64_t year, int64_t month, int64_t day)
{
    year -= month <= 2;
    int64_t era_day = 365 * year + year / 4 - year / 100 + year / 400;
    int64_t year_day = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era_day + year_day - 719468;
}

static bool take_clock(const char **text, int64_t *ns)
{
    int64_t hour, minute, second = 0, fraction = 0, scale = SECOND_NS;
    if (!take_digits(text, 2, 0, 23, &hour) || *(*text)++ != ':' ||
        !take_digits(text, 2, 0, 59, &minute))
        return false;
    if (**text == ':') {
        (*text)++;
        if (!take_digits(text, 2, 0, 60, &second))
            return false;
    }
    if (**text == '.')
        for ((*text)++; is_digit(**text); (*text)++)
            if (scale > 1) {
                scale /= 10;
                fraction += scale * (**text - '0');
            }
    *ns = (hour * 3600 + minute * 60 + second) * SECOND_NS + fraction;
    return true;
}

/* RFC 3339 in UTC, from the day on as much of it as is wanted. */
static bool take_date(const char *text, int64_t *ns)
{
    int64_t year, month, day, clock = 0;
    if (!take_digits(&text, 4, 1970, 2200, &year) || *text++ != '-' ||
        !take_digits(&text, 2, 1, 12, &month) || *text++ != '-' ||
        !take_digits(&text, 2, 1, 31, &day))
        return false;
    if (*text == 'T' || *text == 't' || *text == ' ') {
        text++;
        if (!take_clock(&text, &clock))
            return false;
    }
    *ns = days_of(year, month, day) * 86400 * SECOND_NS + clock;
    return *text == '\0' || ((*text == 'Z' || *text == 'z') && text[1] == '\0');
}

/* --- by kind --- */

static bool take_word(struct filter_test *test, const char *text, struct filter_error *error)
{
    for (unsigned i = 0; filter_word(test->field->kind, i) != NULL; i++) {
        if (filter_same_word(filter_word(test->field->kind, i), text, strlen(text))) {
            test->number = i;
            return true;
        }
    }
    snprintf(error->text, sizeof error->text, _("%.40s: not a value of %s; there is %s, …"), text,
             test->field->name, filter_word(test->field->kind, 0));
    return false;
}

static bool take_yes_or_no(struct filter_test *test, const char *text, struct filter_error *error)
{
    bool yes = strcmp(text, "1") == 0 || filter_same_word("yes", text, strlen(text)) ||
               filter_same_word("true", text, strlen(text));
    test->number = yes;
    return yes || strcmp(text, "0") == 0 || filter_same_word("no", text, strlen(text)) ||
           filter_same_word("false", text, strlen(text)) || refuse(error, _("yes or no"));
}

static bool take_endpoint(struct filter_test *test, const char *text, struct filter_error *error)
{
    if (wire_subnet_parse(text, &test->subnet))
        return true;
    if (is_digit(text[0]) || strchr(text, ':') != NULL || strchr(text, '/') != NULL)
        return refuse(error, _("no address such as 10.0.0.1, 10.0.0.0/8 or [2001:db8::1]:80"));
    test->text = base_strdup(text); /* an alias */
    return true;
}

static bool take_time(struct filter_test *test, const char *text, struct filter_error *error)
{
    test->from_start = take_quantity(text, span_units, &test->number);
    return test->from_start || take_date(text, &test->number) ||
           refuse(error, _("neither a span such as 2s nor a date such as 2026-03-01T12:00"));
}

static bool take_text(struct filter_test *test, const char *text)
{
    test->text = base_strdup(text);
    return true;
}

static bool take_number(struct filter_test *test, const char *text, struct filter_error *error)
{
    if (!take_quantity(text, count_units, &test->number))
        return refuse(error, _("no number"));
    if (strcmp(test->field->name, "port") == 0 && test->number > UINT16_MAX)
        return refuse(error, _("a port is 65535 at most"));
    return true;
}

static bool take_kind(struct filter_test *test, const char *text, struct filter_error *error)
{
    switch (test->field->kind) {
    case FILTER_FLAG:
        return take_yes_or_no(test, text, error);
    case FILTER_NUMBER:
        return take_number(test, text, error);
    case FILTER_BYTES:
        return take_quantity(text, byte_units, &test->number) ||
               refuse(error, _("no number of bytes such as 100, 5KB or 1.5MiB"));
    case FILTER_SPAN:
        return take_quantity(text, span_units, &test->number) ||
               refuse(error, _("no span such as 10ms, 2s or 5min"));
    case FILTER_TIME:
        return take_time(test, text, error);
    case FILTER_ENDPOINT:
        return take_endpoint(test, text, error);
    case FILTER_STATE:
    case FILTER_OPEN:
    case FILTER_CLOSE:
    case FILTER_CLOSED_BY:
        return take_word(test, text, error);
    case FILTER_FINDING:
        return test->counts > 0 ? take_quantity(text, count_units, &test->number) ||
                                      refuse(error, _("no number"))
                                : take_word(test, text, error);
    case FILTER_TEXT:
        return take_text(test, text);
    }
    return false;
}

/* --- operators --- */

static bool has_order(const struct filter_test *test)
{
    enum filter_kind kind = test->field->kind;
    return kind == FILTER_NUMBER || kind == FILTER_BYTES || kind == FILTER_SPAN ||
           kind == FILTER_TIME || test->counts > 0;
}

static bool has_text(const struct filter_test *test)
{
    return test->field->kind >= FILTER_ENDPOINT && test->counts == 0;
}

static bool take_pattern(struct filter_test *test, const char *text, size_t length,
                         struct filter_error *error)
{
    const char *why;
    size_t where;
    test->pattern = base_pattern_new(text, length, &where, &why);
    if (test->pattern != NULL)
        return true;
    error->offset += where;
    error->length = where < length ? 1 : 0;
    return refuse(error, _(why));
}

bool filter_value_take(struct filter_test *test, const char *text, size_t length,
                       struct filter_error *error)
{
    char copy[MAX_VALUE_BYTES + 1];
    if (length > MAX_VALUE_BYTES || memchr(text, '\0', length) != NULL)
        return refuse(error, _("the value is too long"));
    memcpy(copy, text, length);
    copy[length] = '\0';
    bool ordered = test->op >= FILTER_LESS && test->op <= FILTER_GREATER_EQUAL;
    if (ordered && !has_order(test))
        return refuse(error, _("this field has no less or greater; use = or ~"));
    if (test->op >= FILTER_MATCHES && !has_text(test))
        return refuse(error, _("this field is no text; use =, < or >"));
    if (test->op == FILTER_MATCHES || test->op == FILTER_NOT_MATCHES)
        return take_pattern(test, copy, length, error);
    if (test->op == FILTER_CONTAINS)
        return take_text(test, copy);
    return take_kind(test, copy, error);
}

void filter_test_free(struct filter_test *test)
{
    free(test->text);
    base_pattern_free(test->pattern);
    test->text = NULL;
    test->pattern = NULL;
}
