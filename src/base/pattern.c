/* Regular expressions in bounded time: compiled to a program of which all ways are walked at
 * once. */
#include "config.h"

#include "base/pattern.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/intl.h"
#include "base/xalloc.h"

#define MAX_STEPS 1000
#define MAX_SETS 100
#define MAX_DEPTH 30
#define MAX_REPEAT 100

enum step_kind { STEP_BYTE, STEP_ANY, STEP_SET, STEP_BEGIN, STEP_END, STEP_FORK, STEP_MATCH };

/* A fork goes on at both places, counted from itself, so that a run of steps can be moved and
 * copied; a jump is a fork with both the same. */
struct step {
    uint8_t kind;
    uint8_t byte; /* in small letters */
    uint8_t set;
    int16_t first, second;
};

struct byte_set {
    uint8_t bits[32];
};

struct base_pattern {
    struct step steps[MAX_STEPS];
    struct byte_set sets[MAX_SETS];
    size_t count, set_count;
};

struct compiler {
    struct base_pattern *pattern;
    const char *text;
    size_t length, at;
    unsigned depth;
    const char *why; /* NULL: right so far */
    size_t where;
};

static uint8_t small(uint8_t byte)
{
    return byte >= 'A' && byte <= 'Z' ? (uint8_t)(byte - 'A' + 'a') : byte;
}

static void fail(struct compiler *compiler, size_t where, const char *why)
{
    if (compiler->why != NULL)
        return;
    compiler->why = why;
    compiler->where = where;
}

static bool at_end(const struct compiler *compiler)
{
    return compiler->at >= compiler->length || compiler->why != NULL;
}

static uint8_t next_byte(const struct compiler *compiler)
{
    return (uint8_t)compiler->text[compiler->at];
}

/* --- steps --- */

static void add_step(struct compiler *compiler, struct step step)
{
    struct base_pattern *pattern = compiler->pattern;
    if (pattern->count == MAX_STEPS)
        fail(compiler, compiler->at, N_("the expression is too large"));
    else
        pattern->steps[pattern->count++] = step;
}

/* Makes room for a step before those from start on. */
static void insert_fork(struct compiler *compiler, size_t start, int first, int second)
{
    struct base_pattern *pattern = compiler->pattern;
    add_step(compiler, (struct step){0});
    if (compiler->why != NULL)
        return;
    memmove(pattern->steps + start + 1, pattern->steps + start,
            (pattern->count - 1 - start) * sizeof pattern->steps[0]);
    pattern->steps[start] =
        (struct step){.kind = STEP_FORK, .first = (int16_t)first, .second = (int16_t)second};
}

static void add_fork(struct compiler *compiler, int first, int second)
{
    add_step(compiler,
             (struct step){.kind = STEP_FORK, .first = (int16_t)first, .second = (int16_t)second});
}

static void copy_steps(struct compiler *compiler, size_t start, size_t count)
{
    for (size_t i = 0; i < count && compiler->why == NULL; i++)
        add_step(compiler, compiler->pattern->steps[start + i]);
}

/* --- sets --- */

static void set_add(struct byte_set *set, uint8_t byte)
{
    set->bits[byte / 8] |= (uint8_t)(1u << byte % 8);
}

static bool set_has(const struct byte_set *set, uint8_t byte)
{
    return (set->bits[byte / 8] >> byte % 8 & 1) != 0;
}

static bool is_digit(unsigned byte)
{
    return byte >= '0' && byte <= '9';
}

static bool is_word(unsigned byte)
{
    return is_digit(byte) || byte == '_' ||
           (small((uint8_t)byte) >= 'a' && small((uint8_t)byte) <= 'z');
}

static bool is_blank(unsigned byte)
{
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

/* Adds what \d and its like stand for; false: the letter is no such name. */
static bool set_add_named(struct byte_set *set, uint8_t letter)
{
    bool (*has)(unsigned) = small(letter) == 'd'   ? is_digit
                            : small(letter) == 'w' ? is_word
                            : small(letter) == 's' ? is_blank
                                                   : NULL;
    for (unsigned byte = 0; has != NULL && byte < 256; byte++)
        if (has(byte) == (letter >= 'a'))
            set_add(set, (uint8_t)byte);
    return has != NULL;
}

static void add_set(struct compiler *compiler, const struct byte_set *set)
{
    struct base_pattern *pattern = compiler->pattern;
    if (pattern->set_count == MAX_SETS) {
        fail(compiler, compiler->at, N_("too many sets in brackets"));
        return;
    }
    pattern->sets[pattern->set_count] = *set;
    add_step(compiler, (struct step){.kind = STEP_SET, .set = (uint8_t)pattern->set_count++});
}

static void set_add_range(struct byte_set *set, uint8_t low, uint8_t high)
{
    for (unsigned byte = low; byte <= high; byte++) {
        set_add(set, (uint8_t)byte);
        if (byte < 0x80 && small((uint8_t)byte) != byte)
            set_add(set, small((uint8_t)byte));
        else if (byte >= 'a' && byte <= 'z')
            set_add(set, (uint8_t)(byte - 'a' + 'A'));
    }
}

/* One byte of a set, or one of the names; false: it was a name, which is added. */
static bool take_member(struct compiler *compiler, struct byte_set *set, uint8_t *byte)
{
    *byte = next_byte(compiler);
    compiler->at++;
    if (*byte != '\\' || at_end(compiler))
        return true;
    *byte = next_byte(compiler);
    compiler->at++;
    return !set_add_named(set, *byte);
}

static void take_set(struct compiler *compiler)
{
    size_t start = compiler->at - 1;
    struct byte_set set = {{0}};
    bool negated = !at_end(compiler) && next_byte(compiler) == '^';
    compiler->at += negated;
    for (bool first = true; first || (!at_end(compiler) && next_byte(compiler) != ']');
         first = false) {
        uint8_t low, high;
        if (at_end(compiler))
            break;
        if (!take_member(compiler, &set, &low))
            continue;
        high = low;
        if (compiler->at + 1 < compiler->length && next_byte(compiler) == '-' &&
            compiler->text[compiler->at + 1] != ']') {
            compiler->at++;
            if (!take_member(compiler, &set, &high) || high < low)
                fail(compiler, compiler->at - 1, N_("no such range"));
        }
        set_add_range(&set, low, high);
    }
    if (at_end(compiler)) {
        fail(compiler, start, N_("the bracket is not closed"));
        return;
    }
    compiler->at++;
    for (size_t i = 0; negated && i < sizeof set.bits; i++)
        set.bits[i] = (uint8_t)~set.bits[i];
    add_set(compiler, &set);
}

/* --- the grammar: alternatives of runs of repeated atoms --- */

static void take_alternatives(struct compiler *compiler);

static void take_group(struct compiler *compiler)
{
    size_t start = compiler->at - 1;
    if (++compiler->depth > MAX_DEPTH) {
        fail(compiler, start, N_("too many parentheses in each other"));
        return;
    }
    take_alternatives(compiler);
    if (at_end(compiler) || next_byte(compiler) != ')')
        fail(compiler, start, N_("the parenthesis is not closed"));
    compiler->at++;
    compiler->depth--;
}

static void take_escape(struct compiler *compiler)
{
    struct byte_set set = {{0}};
    if (at_end(compiler)) {
        fail(compiler, compiler->at - 1, N_("nothing comes after the backslash"));
        return;
    }
    uint8_t byte = next_byte(compiler);
    compiler->at++;
    if (set_add_named(&set, byte))
        add_set(compiler, &set);
    else
        add_step(compiler, (struct step){.kind = STEP_BYTE, .byte = small(byte)});
}

static void take_atom(struct compiler *compiler)
{
    uint8_t byte = next_byte(compiler);
    compiler->at++;
    if (byte == '(')
        take_group(compiler);
    else if (byte == '[')
        take_set(compiler);
    else if (byte == '\\')
        take_escape(compiler);
    else if (byte == '*' || byte == '+' || byte == '?')
        fail(compiler, compiler->at - 1, N_("there is nothing to repeat"));
    else if (byte == '.')
        add_step(compiler, (struct step){.kind = STEP_ANY});
    else if (byte == '^')
        add_step(compiler, (struct step){.kind = STEP_BEGIN});
    else if (byte == '$')
        add_step(compiler, (struct step){.kind = STEP_END});
    else
        add_step(compiler, (struct step){.kind = STEP_BYTE, .byte = small(byte)});
}

static bool take_count(struct compiler *compiler, unsigned *count)
{
    size_t start = compiler->at;
    *count = 0;
    while (!at_end(compiler) && is_digit(next_byte(compiler)) && *count <= MAX_REPEAT) {
        *count = *count * 10 + next_byte(compiler) - '0';
        compiler->at++;
    }
    if (*count > MAX_REPEAT)
        fail(compiler, start, N_("repeated too often"));
    return compiler->at > start;
}

/* {n}, {n,} and {n,m}: that many copies, the last ones to be left out or repeated. */
static void repeat(struct compiler *compiler, size_t start, unsigned low, unsigned high, bool open)
{
    size_t length = compiler->pattern->count - start;
    unsigned copies = open ? (low > 0 ? low : 1) : high;
    if (copies == 0) {
        compiler->pattern->count = start;
        return;
    }
    for (unsigned i = 1; i < copies && compiler->why == NULL; i++) {
        if (i >= low)
            add_fork(compiler, 1, (int)length + 1);
        copy_steps(compiler, start, length);
    }
    if (open)
        add_fork(compiler, -(int)length, 1);
    if (low == 0)
        insert_fork(compiler, start, 1, (int)(length + open) + 1);
}

static void take_braces(struct compiler *compiler, size_t start)
{
    size_t brace = compiler->at++;
    unsigned low, high;
    bool right = take_count(compiler, &low), open = false;
    high = low;
    if (right && !at_end(compiler) && next_byte(compiler) == ',') {
        compiler->at++;
        open = !take_count(compiler, &high);
    }
    if (!right || at_end(compiler) || next_byte(compiler) != '}' || (!open && high < low)) {
        fail(compiler, brace, N_("not {n}, {n,} or {n,m}"));
        return;
    }
    compiler->at++;
    repeat(compiler, start, low, high, open);
}

static void take_repeated(struct compiler *compiler)
{
    size_t start = compiler->pattern->count;
    take_atom(compiler);
    while (!at_end(compiler) && strchr("*+?{", next_byte(compiler)) != NULL &&
           next_byte(compiler) != '\0') {
        int length = (int)(compiler->pattern->count - start);
        uint8_t sign = next_byte(compiler);
        if (sign == '{') {
            take_braces(compiler, start);
            continue;
        }
        compiler->at++;
        if (sign == '+') {
            add_fork(compiler, -length, 1);
        } else if (sign == '?') {
            insert_fork(compiler, start, 1, length + 1);
        } else {
            insert_fork(compiler, start, 1, length + 2);
            add_fork(compiler, -(length + 1), -(length + 1));
        }
    }
}

/* Each alternative but the last begins with a fork to the next one and ends with a jump behind the
 * last, which is not known before: until then the jumps are a list, each with the place after the
 * one before. */
static void take_alternatives(struct compiler *compiler)
{
    struct base_pattern *pattern = compiler->pattern;
    size_t start = pattern->count, jumps = 0;
    while (!at_end(compiler) && next_byte(compiler) != ')') {
        if (next_byte(compiler) != '|') {
            take_repeated(compiler);
            continue;
        }
        compiler->at++;
        insert_fork(compiler, start, 1, (int)(pattern->count - start) + 2);
        add_fork(compiler, (int)jumps, 0);
        jumps = start = pattern->count;
    }
    while (jumps > 0 && compiler->why == NULL) {
        struct step *jump = &pattern->steps[jumps - 1];
        int length = (int)(pattern->count - (jumps - 1));
        jumps = (size_t)jump->first;
        jump->first = jump->second = (int16_t)length;
    }
}

struct base_pattern *base_pattern_new(const char *text, size_t length, size_t *where,
                                      const char **why)
{
    struct base_pattern *pattern = base_calloc(1, sizeof *pattern);
    struct compiler compiler = {.pattern = pattern, .text = text, .length = length};
    take_alternatives(&compiler);
    if (!at_end(&compiler))
        fail(&compiler, compiler.at, N_("the parenthesis was not opened"));
    add_step(&compiler, (struct step){.kind = STEP_MATCH});
    if (compiler.why == NULL)
        return pattern;
    *where = compiler.where < length ? compiler.where : length;
    *why = compiler.why;
    free(pattern);
    return NULL;
}

void base_pattern_free(struct base_pattern *pattern)
{
    free(pattern);
}

/* --- matching --- */

/* The steps that the ways so far have come to, each once. */
struct front {
    uint16_t at[MAX_STEPS];
    size_t count;
    uint8_t has[(MAX_STEPS + 7) / 8];
};

static void front_clear(struct front *front)
{
    front->count = 0;
    memset(front->has, 0, sizeof front->has);
}

static void front_add(struct front *front, size_t step)
{
    if ((front->has[step / 8] >> step % 8 & 1) != 0)
        return;
    front->has[step / 8] |= (uint8_t)(1u << step % 8);
    front->at[front->count++] = (uint16_t)step;
}

/* Steps that take no byte lead on at once; the front grows while it is walked. True: one way is
 * at the end of the expression. */
static bool follow(const struct base_pattern *pattern, struct front *front, bool begin, bool end)
{
    for (size_t i = 0; i < front->count; i++) {
        size_t at = front->at[i];
        const struct step *step = &pattern->steps[at];
        if (step->kind == STEP_MATCH)
            return true;
        if (step->kind == STEP_FORK) {
            front_add(front, (size_t)((int)at + step->first));
            front_add(front, (size_t)((int)at + step->second));
        } else if ((step->kind == STEP_BEGIN && begin) || (step->kind == STEP_END && end)) {
            front_add(front, at + 1);
        }
    }
    return false;
}

static bool takes(const struct base_pattern *pattern, const struct step *step, uint8_t byte)
{
    return (step->kind == STEP_BYTE && step->byte == small(byte)) || step->kind == STEP_ANY ||
           (step->kind == STEP_SET && set_has(&pattern->sets[step->set], byte));
}

bool base_pattern_matches(const struct base_pattern *pattern, const char *text, size_t length)
{
    struct front fronts[2];
    struct front *now = &fronts[0], *next = &fronts[1];
    front_clear(now);
    for (size_t i = 0;; i++) {
        front_add(now, 0); /* it may begin anywhere */
        if (follow(pattern, now, i == 0, i == length))
            return true;
        if (i == length)
            return false;
        front_clear(next);
        for (size_t k = 0; k < now->count; k++)
            if (takes(pattern, &pattern->steps[now->at[k]], (uint8_t)text[i]))
                front_add(next, (size_t)now->at[k] + 1);
        struct front *swap = now;
        now = next;
        next = swap;
    }
}
