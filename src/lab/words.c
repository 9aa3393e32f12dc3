/* Words, strings, times and numbers of a scenario. */
#include "config.h"

#include "lab/words.h"

#include <ctype.h>
#include <string.h>

#include "base/intl.h"
#include "lab/scenario.h"

struct splitter {
    const char *at, *end;
    char *to;
    struct lab_words *words;
};

static bool parts_words(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '(' || c == ')' || c == ',';
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* What stands for c after a backslash; -1: nothing. */
static int escaped(char c)
{
    static const char from[] = "ntr0\\\"", to[] = "\n\t\r\0\\\"";
    const char *found = c != '\0' ? strchr(from, c) : NULL;
    return found != NULL ? (unsigned char)to[found - from] : -1;
}

static const char *take_escape(struct splitter *s)
{
    if (s->at == s->end)
        return _("a backslash at the end");
    char c = *s->at++;
    if (c == 'x') {
        int high = s->end - s->at >= 2 ? hex_digit(s->at[0]) : -1;
        int low = high >= 0 ? hex_digit(s->at[1]) : -1;
        if (low < 0)
            return _("\\x wants two hexadecimal digits");
        *s->to++ = (char)(high << 4 | low);
        s->at += 2;
        return NULL;
    }
    int meant = escaped(c);
    if (meant < 0)
        return _("a backslash before something that it does not go with");
    *s->to++ = (char)meant;
    return NULL;
}

static const char *take_string(struct splitter *s)
{
    for (s->at++; s->at < s->end && *s->at != '"';) {
        char c = *s->at++;
        if (c != '\\') {
            *s->to++ = c;
            continue;
        }
        const char *why = take_escape(s);
        if (why != NULL)
            return why;
    }
    if (s->at == s->end)
        return _("a string without its closing quote");
    s->at++;
    return NULL;
}

static void take_plain(struct splitter *s)
{
    do
        *s->to++ = *s->at++;
    while (s->at < s->end && !parts_words(*s->at) && *s->at != '=' && *s->at != '#' &&
           *s->at != '"');
}

static const char *take_word(struct splitter *s)
{
    struct lab_words *words = s->words;
    if (words->count == LAB_MAX_WORDS)
        return _("too many words");
    struct lab_word *word = &words->word[words->count++];
    const char *why = NULL;
    *word = (struct lab_word){.text = s->to, .quoted = *s->at == '"'};
    if (word->quoted)
        why = take_string(s);
    else if (*s->at == '=')
        *s->to++ = *s->at++;
    else
        take_plain(s);
    word->length = (size_t)(s->to - word->text);
    *s->to++ = '\0';
    return why;
}

const char *lab_words_split(struct lab_words *words, const char *line, size_t length)
{
    words->count = 0;
    if (length > LAB_MAX_LINE)
        return _("the line is too long");
    if (memchr(line, '\0', length) != NULL)
        return _("not text");
    struct splitter s = {.at = line, .end = line + length, .to = words->buffer, .words = words};
    const char *why = NULL;
    while (why == NULL) {
        while (s.at < s.end && parts_words(*s.at))
            s.at++;
        if (s.at == s.end || *s.at == '#')
            break;
        why = take_word(&s);
    }
    return why;
}

/* Digits, and up to nine after a point if fraction is not NULL; -1 when too large or none. */
static int64_t take_digits(const char **text, int64_t *fraction_ns)
{
    const char *at = *text;
    int64_t value = 0;
    if (!isdigit((unsigned char)*at))
        return -1;
    for (; isdigit((unsigned char)*at); at++) {
        value = value * 10 + (*at - '0');
        if (value > INT64_C(1000000000000))
            return -1;
    }
    if (fraction_ns != NULL && *at == '.') {
        int64_t unit = 100000000;
        for (at++; isdigit((unsigned char)*at); at++, unit /= 10)
            *fraction_ns += unit * (*at - '0');
    }
    *text = at;
    return value;
}

bool lab_word_time(const char *text, int64_t *time_ns)
{
    static const struct {
        const char *name;
        int64_t ns;
    } units[] = {{"s", 1000000000}, {"ms", 1000000}, {"us", 1000}};
    int64_t fraction = 0;
    int64_t whole = take_digits(&text, &fraction);
    for (size_t i = 0; whole >= 0 && i < sizeof units / sizeof units[0]; i++) {
        if (strcmp(text, units[i].name) != 0)
            continue;
        if (whole > LAB_MAX_TIME_NS / units[i].ns)
            return false;
        *time_ns = whole * units[i].ns + fraction / (1000000000 / units[i].ns);
        return *time_ns <= LAB_MAX_TIME_NS;
    }
    return false;
}

bool lab_word_number(const char *text, int64_t min, int64_t max, int64_t *value)
{
    bool minus = text[0] == '-' && min < 0;
    if (minus || (text[0] == '+' && min < 0))
        text++;
    int64_t number = take_digits(&text, NULL);
    if (number < 0)
        return false;
    if (strcmp(text, "k") == 0)
        number *= 1024;
    else if (strcmp(text, "M") == 0)
        number *= 1024 * 1024;
    else if (text[0] != '\0')
        return false;
    *value = minus ? -number : number;
    return *value >= min && *value <= max;
}
