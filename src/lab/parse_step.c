/* The calls of a program: "50ms connect(c, server:1234) = 0". */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/intl.h"
#include "base/xalloc.h"
#include "lab/option.h"
#include "lab/parse.h"

#define MAX_REPEAT 500
/* Of a string that is shown in a call. */
#define SHOWN_BYTES 24

typedef bool take_fn(struct lab_parser *parser, struct lab_step *step, const struct lab_word *word,
                     size_t count);

struct call {
    const char *name;
    enum lab_op op;
    uint8_t least, most; /* arguments after the socket */
    bool uses, makes;    /* a socket */
    take_fn *take;       /* those arguments; NULL: there are none */
};

static bool take_number(struct lab_parser *parser, struct lab_step *step,
                        const struct lab_word *word, int64_t min, int64_t max)
{
    if (word->quoted || !lab_word_number(word->text, min, max, &step->number))
        return lab_parse_fail(parser, _("%s: not a number from %lld to %lld"), word->text,
                              (long long)min, (long long)max);
    return true;
}

static bool take_address(struct lab_parser *parser, struct lab_step *step,
                         const struct lab_word *word, bool port_alone)
{
    char host[16] = "";
    const char *colon = strchr(word->text, ':');
    const char *port = colon != NULL ? colon + 1 : word->text;
    int64_t number;
    size_t length = colon != NULL ? (size_t)(colon - word->text) : 0;
    if (length < sizeof host)
        memcpy(host, word->text, length);
    bool named = lab_parse_host(host, &step->to);
    if (word->quoted || (!named && !(port_alone && colon == NULL)) ||
        !lab_word_number(port, 0, 65535, &number))
        return lab_parse_fail(parser, _("%s: not an address such as server:1234%s"), word->text,
                              port_alone ? _(" or a port") : "");
    step->port = (uint16_t)number;
    return true;
}

static bool take_bind(struct lab_parser *parser, struct lab_step *step, const struct lab_word *word,
                      size_t count)
{
    (void)count;
    return take_address(parser, step, word, true);
}

static bool take_connect(struct lab_parser *parser, struct lab_step *step,
                         const struct lab_word *word, size_t count)
{
    (void)count;
    return take_address(parser, step, word, false);
}

static bool take_backlog(struct lab_parser *parser, struct lab_step *step,
                         const struct lab_word *word, size_t count)
{
    (void)count;
    return take_number(parser, step, word, 0, 65535);
}

static bool take_isn(struct lab_parser *parser, struct lab_step *step, const struct lab_word *word,
                     size_t count)
{
    (void)count;
    return take_number(parser, step, word, 1, UINT32_MAX);
}

/* "MSG_OOB" or "MSG_OOB|MSG_DONTWAIT". */
static bool take_flags(struct lab_parser *parser, enum lab_word_group group, struct lab_step *step,
                       const struct lab_word *word)
{
    char name[24];
    for (const char *at = word->text;;) {
        size_t length = strcspn(at, "|");
        int value;
        memcpy(name, at, length < sizeof name ? length : 0);
        name[length < sizeof name ? length : 0] = '\0';
        if (!lab_word_find(group, name, &value))
            return lab_parse_fail(parser, _("%s: no such flag for this call"), word->text);
        step->flags |= value;
        if (at[length] == '\0')
            return true;
        at += length + 1;
    }
}

static bool take_size(struct lab_parser *parser, struct lab_step *step, const struct lab_word *word,
                      size_t count)
{
    return take_number(parser, step, &word[0], 0, LAB_MAX_BYTES) &&
           (count < 2 || take_flags(parser, LAB_WORD_RECEIVE, step, &word[1]));
}

static bool take_data(struct lab_parser *parser, struct lab_step *step, const struct lab_word *word,
                      size_t count)
{
    if (word[0].quoted) {
        step->number = (int64_t)word[0].length;
        step->bytes = base_alloc(word[0].length + 1);
        memcpy(step->bytes, word[0].text, word[0].length + 1);
    } else if (!take_number(parser, step, &word[0], 0, LAB_MAX_BYTES)) {
        return false;
    }
    return (count < 2 || take_flags(parser, LAB_WORD_SEND, step, &word[1])) &&
           (count < 3 || take_address(parser, step, &word[2], false));
}

static bool take_option(struct lab_parser *parser, struct lab_step *step,
                        const struct lab_word *word, size_t count)
{
    (void)count;
    const struct lab_option *option = lab_option_find(word[0].text);
    if (option == NULL)
        return lab_parse_fail(parser, _("%s: no such socket option here"), word[0].text);
    step->option = option;
    if (option->kind != LAB_OPTION_TIME)
        return take_number(parser, step, &word[1], INT32_MIN, INT32_MAX);
    if (!lab_word_time(word[1].text, &step->number))
        return lab_parse_fail(parser, _("%s: not a time such as 500ms"), word[1].text);
    return true;
}

static bool take_how(struct lab_parser *parser, struct lab_step *step, const struct lab_word *word,
                     size_t count)
{
    (void)count;
    return take_flags(parser, LAB_WORD_SHUTDOWN, step, word);
}

static bool take_signal(struct lab_parser *parser, struct lab_step *step,
                        const struct lab_word *word, size_t count)
{
    (void)count;
    if (strcmp(word[0].text, "SIGPIPE") != 0)
        return lab_parse_fail(parser, _("%s: only SIGPIPE can be set"), word[0].text);
    return take_flags(parser, LAB_WORD_ACTION, step, &word[1]);
}

static bool take_time(struct lab_parser *parser, struct lab_step *step, const struct lab_word *word,
                      size_t count)
{
    (void)count;
    if (!lab_word_time(word->text, &step->number))
        return lab_parse_fail(parser, _("%s: not a time such as 500ms, of at most 120s"),
                              word->text);
    return true;
}

static bool take_nonblock(struct lab_parser *parser, struct lab_step *step,
                          const struct lab_word *word, size_t count)
{
    (void)step, (void)count;
    if (strcmp(word->text, "O_NONBLOCK") != 0)
        return lab_parse_fail(parser, _("%s: fcntl() takes O_NONBLOCK only"), word->text);
    return true;
}

static const struct call calls[] = {
    {"accept", LAB_ACCEPT, 0, 0, true, true, NULL},
    {"bind", LAB_BIND, 1, 1, true, false, take_bind},
    {"close", LAB_CLOSE, 0, 0, true, false, NULL},
    {"connect", LAB_CONNECT, 1, 1, true, false, take_connect},
    {"disconnect", LAB_DISCONNECT, 0, 0, true, false, NULL},
    {"drain", LAB_DRAIN, 0, 0, true, false, NULL},
    {"exit", LAB_EXIT, 0, 0, false, false, NULL},
    {"fcntl", LAB_NONBLOCK, 1, 1, true, false, take_nonblock},
    {"kill", LAB_KILL, 0, 0, false, false, NULL},
    {"listen", LAB_LISTEN, 1, 1, true, false, take_backlog},
    {"pause", LAB_PAUSE, 0, 0, false, false, NULL},
    {"read", LAB_READ, 1, 1, true, false, take_size},
    {"recv", LAB_READ, 1, 2, true, false, take_size},
    {"send", LAB_SEND, 1, 2, true, false, take_data},
    {"sendto", LAB_SENDTO, 3, 3, true, false, take_data},
    {"set_isn", LAB_SET_ISN, 1, 1, true, false, take_isn},
    {"setsockopt", LAB_SETSOCKOPT, 2, 2, true, false, take_option},
    {"shutdown", LAB_SHUTDOWN, 1, 1, true, false, take_how},
    {"signal", LAB_SIGNAL, 2, 2, false, false, take_signal},
    {"sleep", LAB_SLEEP, 1, 1, false, false, take_time},
    {"socket", LAB_SOCKET, 0, 0, false, true, NULL},
    {"vanish", LAB_VANISH, 0, 0, true, false, NULL},
    {"write", LAB_SEND, 1, 1, true, false, take_data},
};

static const struct call *find_call(const char *name)
{
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++)
        if (strcmp(calls[i].name, name) == 0)
            return &calls[i];
    return NULL;
}

static bool find_socket(struct lab_parser *parser, struct lab_program *program, const char *name,
                        bool make, uint8_t *found)
{
    for (size_t i = 0; i < program->socket_count; i++)
        if (strcmp(program->sockets[i], name) == 0) {
            *found = (uint8_t)i;
            return true;
        }
    if (!make)
        return lab_parse_fail(parser, _("%s: no socket of that name was made before"), name);
    if (program->socket_count == LAB_MAX_SOCKETS)
        return lab_parse_fail(parser, _("more than %d sockets in a program"), LAB_MAX_SOCKETS);
    *found = (uint8_t)program->socket_count;
    program->sockets[program->socket_count++] = base_strdup(name);
    return true;
}

static bool take_when(struct lab_parser *parser, struct lab_step *step, const char *text)
{
    step->when = text[0] == '+' ? LAB_AFTER : LAB_AT;
    if (!lab_word_time(text + (text[0] == '+'), &step->when_ns))
        return lab_parse_fail(parser, _("%s: not a time such as 50ms or +1.5s"), text);
    return true;
}

static bool take_expectation(struct lab_parser *parser, struct lab_step *step, const char *text)
{
    int number;
    step->expect = LAB_RESULT;
    if (lab_word_number(text, -1, LAB_MAX_BYTES, &step->expected))
        return true;
    step->expect = LAB_ERRNO;
    if (!lab_errno_find(text, &number))
        return lab_parse_fail(parser, _("%s: not a result such as 0 or ECONNREFUSED"), text);
    step->expected = number;
    return true;
}

static void show_string(struct base_strbuf *out, const struct lab_word *word)
{
    base_strbuf_char(out, '"');
    for (size_t i = 0; i < word->length && i < SHOWN_BYTES; i++) {
        unsigned char c = (unsigned char)word->text[i];
        if (c == '\n')
            base_strbuf_str(out, "\\n");
        else if (c < ' ' || c > '~')
            base_strbuf_printf(out, "\\x%02x", c);
        else
            base_strbuf_char(out, (char)c);
    }
    base_strbuf_str(out, word->length > SHOWN_BYTES ? "\"..." : "\"");
}

/* "write(c, 100)" */
static char *show_call(const struct lab_word *word, size_t count)
{
    struct base_strbuf text = BASE_STRBUF_INIT;
    base_strbuf_printf(&text, "%s(", word[0].text);
    for (size_t i = 1; i < count; i++) {
        if (i > 1)
            base_strbuf_str(&text, ", ");
        if (word[i].quoted)
            show_string(&text, &word[i]);
        else
            base_strbuf_str(&text, word[i].text);
    }
    base_strbuf_char(&text, ')');
    return text.text;
}

static bool take_arguments(struct lab_parser *parser, struct lab_program *program,
                           struct lab_step *step, const struct call *call,
                           const struct lab_word *word, size_t count)
{
    if (call->uses) {
        if (count == 0)
            return lab_parse_fail(parser, _("%s(): wants a socket"), call->name);
        if (!find_socket(parser, program, word->text, false, &step->socket))
            return false;
        word++;
        count--;
    }
    if (count < call->least || count > call->most)
        return lab_parse_fail(parser,
                              count < call->least ? _("%s(): too few arguments")
                                                  : _("%s(): too many arguments"),
                              call->name);
    return call->take == NULL || call->take(parser, step, word, count);
}

/* A name for a new socket, which must not look like a number or a call's argument. */
static bool take_target(struct lab_parser *parser, struct lab_program *program,
                        struct lab_step *step, const struct call *call, const struct lab_word *word)
{
    if (!call->makes)
        return lab_parse_fail(parser, _("%s(): makes no socket"), call->name);
    if (word->length == 0 || word->length > 15 || word->quoted ||
        strspn(word->text, "abcdefghijklmnopqrstuvwxyz_0123456789") != word->length)
        return lab_parse_fail(parser, _("%s: not a name for a socket: small letters and digits"),
                              word->text);
    return find_socket(parser, program, word->text, true, &step->makes);
}

static bool fill_step(struct lab_parser *parser, struct lab_program *program, struct lab_step *step)
{
    const struct lab_word *word = parser->words.word;
    size_t count = parser->words.count;
    if (word[0].text[0] == '+' || (word[0].text[0] >= '0' && word[0].text[0] <= '9')) {
        if (!take_when(parser, step, word[0].text))
            return false;
        word++;
        count--;
    }
    if (count >= 3 && strcmp(word[count - 2].text, "=") == 0 && !word[count - 2].quoted &&
        find_call(word[count - 1].text) == NULL) {
        if (!take_expectation(parser, step, word[count - 1].text))
            return false;
        count -= 2;
    }
    const struct lab_word *target = NULL;
    if (count >= 3 && strcmp(word[1].text, "=") == 0) {
        target = &word[0];
        word += 2;
        count -= 2;
    }
    const struct call *call = count > 0 ? find_call(word[0].text) : NULL;
    if (call == NULL)
        return lab_parse_fail(parser, _("%s: no such call"), count > 0 ? word[0].text : "nothing");
    if (target == NULL && call->makes)
        return lab_parse_fail(parser, _("%s(): name its socket, as in c = %s()"), call->name,
                              call->name);
    step->op = (uint8_t)call->op;
    step->text = show_call(word, count);
    return take_arguments(parser, program, step, call, word + 1, count - 1) &&
           (target == NULL || take_target(parser, program, step, call, target));
}

static struct lab_step *add_step(struct lab_parser *parser, struct lab_program *program)
{
    if (program->step_count == LAB_MAX_STEPS) {
        lab_parse_fail(parser, _("more than %d calls in a program"), LAB_MAX_STEPS);
        return NULL;
    }
    if ((program->step_count & (program->step_count - 1)) == 0)
        program->steps =
            base_realloc(program->steps, program->step_count > 0 ? program->step_count * 2 : 1,
                         sizeof program->steps[0]);
    struct lab_step *step = &program->steps[program->step_count++];
    *step = (struct lab_step){
        .line = parser->line, .to = LAB_HOSTS, .socket = LAB_NO_SOCKET, .makes = LAB_NO_SOCKET};
    return step;
}

static bool open_repeat(struct lab_parser *parser, const struct lab_program *program)
{
    int64_t times;
    if (parser->repeat_times != 0)
        return lab_parse_fail(parser, _("repeat: one inside another"));
    if (parser->words.count != 2 ||
        !lab_word_number(parser->words.word[1].text, 1, MAX_REPEAT, &times))
        return lab_parse_fail(parser, _("repeat: wants a number from 1 to %d"), MAX_REPEAT);
    parser->repeat_times = (size_t)times;
    parser->repeat_from = program->step_count;
    parser->repeat_line = parser->line;
    return true;
}

static bool close_repeat(struct lab_parser *parser, struct lab_program *program)
{
    if (parser->repeat_times == 0)
        return lab_parse_fail(parser, _("end: without repeat"));
    size_t from = parser->repeat_from, to = program->step_count;
    for (size_t times = 1; times < parser->repeat_times; times++)
        for (size_t i = from; i < to; i++) {
            struct lab_step *step = add_step(parser, program);
            if (step == NULL)
                return false;
            *step = program->steps[i];
            step->text = base_strdup(step->text);
            if (step->bytes != NULL) {
                step->bytes = base_alloc((size_t)step->number + 1);
                memcpy(step->bytes, program->steps[i].bytes, (size_t)step->number + 1);
            }
        }
    parser->repeat_times = 0;
    return true;
}

bool lab_parse_step(struct lab_parser *parser, struct lab_program *program)
{
    const char *first = parser->words.word[0].text;
    if (strcmp(first, "repeat") == 0)
        return open_repeat(parser, program);
    if (strcmp(first, "end") == 0)
        return close_repeat(parser, program);
    struct lab_step *step = add_step(parser, program);
    return step != NULL && fill_step(parser, program, step);
}

bool lab_parse_program_end(struct lab_parser *parser)
{
    if (parser->repeat_times == 0)
        return true;
    parser->line = parser->repeat_line;
    return lab_parse_fail(parser, _("repeat: without its end"));
}
