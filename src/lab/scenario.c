/* Reads scenarios: sections that begin at the left edge, their lines indented below. */
#include "config.h"

#include "lab/scenario.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/intl.h"
#include "base/xalloc.h"
#include "lab/parse.h"

#define MS INT64_C(1000000)
#define MAX_TEXT 4000
#define MAX_VALUE 200

enum section {
    SECTION_NONE,
    SECTION_TEXT,
    SECTION_NETWORK,
    SECTION_WIRE,
    SECTION_PROGRAM,
    SECTION_EXPECT
};

struct reader {
    struct lab_parser parser;
    enum section section;
    char **text; /* SECTION_TEXT: what goes on */
};

static const char *const host_names[LAB_HOSTS] = {"client", "server"};

const char *lab_host_name(enum lab_host host)
{
    return host_names[host];
}

bool lab_parse_fail(struct lab_parser *parser, const char *format, ...)
{
    if (parser->error->length > 0)
        return false;
    base_strbuf_printf(parser->error, "%s:%u: ", parser->file, parser->line);
    va_list args;
    va_start(args, format);
    base_strbuf_vprintf(parser->error, format, args);
    va_end(args);
    /* a word may have been written with escapes: the message stays one line */
    for (size_t i = 0; i < parser->error->length; i++)
        if ((unsigned char)parser->error->text[i] < ' ' || parser->error->text[i] == 0x7f)
            parser->error->text[i] = '?';
    return false;
}

bool lab_parse_host(const char *text, uint8_t *host)
{
    for (unsigned i = 0; i < LAB_HOSTS; i++)
        if (strcmp(text, host_names[i]) == 0) {
            *host = (uint8_t)i;
            return true;
        }
    return false;
}

/* --- texts --- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static bool is_text(const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)bytes[i] < ' ' && bytes[i] != '\t')
            return false;
    return true;
}

/* Appends a line to a text, a blank between. */
static bool add_text(struct lab_parser *parser, char **text, const char *line, size_t length)
{
    while (length > 0 && is_blank(*line)) {
        line++;
        length--;
    }
    while (length > 0 && is_blank(line[length - 1]))
        length--;
    size_t before = *text != NULL ? strlen(*text) : 0;
    if (before + length > MAX_TEXT)
        return lab_parse_fail(parser, _("the text is longer than %d bytes"), MAX_TEXT);
    if (!is_text(line, length))
        return lab_parse_fail(parser, _("control characters in the text"));
    *text = base_realloc(*text, before + length + 2, 1);
    if (before > 0 && length > 0)
        (*text)[before++] = ' ';
    memcpy(*text + before, line, length);
    (*text)[before + length] = '\0';
    return true;
}

static char **text_of(struct lab_scenario *scenario, const char *name)
{
    const struct {
        const char *name;
        char **text;
    } texts[] = {
        {"title", &scenario->title},       {"chapter", &scenario->chapter},
        {"teaches", &scenario->teaches},   {"look", &scenario->look},
        {"question", &scenario->question}, {"answer", &scenario->answer},
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (strcmp(texts[i].name, name) == 0)
            return texts[i].text;
    return NULL;
}

/* --- network --- */

static bool parse_delay(struct lab_parser *parser)
{
    struct lab_scenario *scenario = parser->scenario;
    const struct lab_word *word = parser->words.word;
    uint8_t host;
    int64_t delay;
    bool one = parser->words.count == 4 && strcmp(word[1].text, "to") == 0 &&
               lab_parse_host(word[2].text, &host);
    if ((!one && parser->words.count != 2) ||
        !lab_word_time(word[parser->words.count - 1].text, &delay))
        return lab_parse_fail(parser,
                              _("delay: wants a time, as in delay 10ms or delay to server 5ms"));
    for (unsigned i = 0; i < LAB_HOSTS; i++)
        if (!one || i == host)
            scenario->delay_ns[i] = delay;
    return true;
}

/* "tcp_fin_timeout" and "net.ipv4.tcp_fin_timeout" are the same. */
static char *sysctl_path(const char *name)
{
    struct base_strbuf path = BASE_STRBUF_INIT;
    if (strncmp(name, "net.", 4) == 0)
        name += 4;
    else if (strncmp(name, "tcp_", 4) == 0 || strncmp(name, "ip_", 3) == 0)
        base_strbuf_str(&path, "ipv4/");
    else
        base_strbuf_str(&path, "core/");
    for (; *name != '\0'; name++)
        base_strbuf_char(&path, *name == '.' ? '/' : *name);
    return path.text;
}

static bool is_sysctl_name(const char *name)
{
    bool part = false; /* an empty one would climb out of /proc/sys/net */
    for (; *name != '\0'; name++) {
        if (*name == '.' && !part)
            return false;
        part = *name != '.';
        if (strchr("abcdefghijklmnopqrstuvwxyz0123456789_.", *name) == NULL)
            return false;
    }
    return part;
}

static bool parse_sysctl(struct lab_parser *parser)
{
    struct lab_scenario *scenario = parser->scenario;
    const struct lab_word *word = parser->words.word;
    size_t count = parser->words.count;
    if (scenario->sysctl_count == LAB_MAX_SYSCTLS)
        return lab_parse_fail(parser, _("more than %d sysctls"), LAB_MAX_SYSCTLS);
    uint8_t host = 0;
    bool both = count > 1 && strcmp(word[1].text, "both") == 0;
    if (count < 4 || (!both && !lab_parse_host(word[1].text, &host)))
        return lab_parse_fail(parser,
                              _("sysctl: wants client, server or both, a name and a value"));
    if (word[2].length > 64 || !is_sysctl_name(word[2].text))
        return lab_parse_fail(parser, _("%s: not the name of a network sysctl"), word[2].text);
    struct base_strbuf value = BASE_STRBUF_INIT;
    for (size_t i = 3; i < count; i++)
        base_strbuf_printf(&value, "%s%s", i > 3 ? " " : "", word[i].text);
    struct lab_sysctl *sysctl = &scenario->sysctls[scenario->sysctl_count++];
    *sysctl = (struct lab_sysctl){.line = parser->line,
                                  .path = sysctl_path(word[2].text),
                                  .value = value.text,
                                  .host = {both || host == LAB_CLIENT, both || host == LAB_SERVER}};
    return value.length <= MAX_VALUE || lab_parse_fail(parser, _("sysctl: the value is too long"));
}

static bool parse_network(struct lab_parser *parser)
{
    struct lab_scenario *scenario = parser->scenario;
    const struct lab_word *word = parser->words.word;
    int64_t number;
    if (strcmp(word[0].text, "delay") == 0)
        return parse_delay(parser);
    if (strcmp(word[0].text, "sysctl") == 0)
        return parse_sysctl(parser);
    if (parser->words.count == 1 && strcmp(word[0].text, "ipv6") == 0) {
        scenario->ipv6 = true;
        return true;
    }
    if (strcmp(word[0].text, "mtu") != 0)
        return lab_parse_fail(parser, _("%s: not a setting of the network"), word[0].text);
    if (parser->words.count != 2 || !lab_word_number(word[1].text, 576, 9000, &number))
        return lab_parse_fail(parser, _("mtu: wants a number from 576 to 9000"));
    scenario->mtu = (unsigned)number;
    return true;
}

/* --- expected states --- */

static bool find_state(const char *name, uint8_t *state)
{
    for (unsigned i = TRACK_CLOSED; i < TRACK_STATES; i++)
        if (strcmp(track_state_name((enum track_state)i), name) == 0) {
            *state = (uint8_t)i;
            return true;
        }
    return false;
}

/* "client SYN_SENT ESTABLISHED", "kernel server 2 SYN_RECEIVED": the second connection. */
static bool parse_expected(struct lab_parser *parser)
{
    struct lab_scenario *scenario = parser->scenario;
    const struct lab_words *words = &parser->words;
    size_t i = 0;
    int64_t connection = 1;
    if (scenario->expected_count == LAB_MAX_EXPECTED)
        return lab_parse_fail(parser, _("more than %d expected paths"), LAB_MAX_EXPECTED);
    struct lab_path *path = &scenario->expected[scenario->expected_count++];
    *path = (struct lab_path){.line = parser->line,
                              .of_kernel = strcmp(words->word[0].text, "kernel") == 0};
    i += path->of_kernel;
    if (i == words->count || !lab_parse_host(words->word[i++].text, &path->host))
        return lab_parse_fail(parser, _("whose states: client or server?"));
    if (i < words->count && lab_word_number(words->word[i].text, 1, 1000, &connection))
        i++;
    path->connection = (uint32_t)connection;
    for (; i < words->count; i++) {
        if (path->count == LAB_MAX_PATH)
            return lab_parse_fail(parser, _("more than %d states"), LAB_MAX_PATH);
        if (!find_state(words->word[i].text, &path->states[path->count++]))
            return lab_parse_fail(parser, _("%s: not a state of TCP"), words->word[i].text);
    }
    return true;
}

/* --- sections --- */

static bool begin_program(struct reader *reader, uint8_t host)
{
    struct lab_parser *parser = &reader->parser;
    struct lab_scenario *scenario = parser->scenario;
    if (scenario->program_count == LAB_MAX_PROGRAMS)
        return lab_parse_fail(parser, _("more than %d programs"), LAB_MAX_PROGRAMS);
    uint8_t number = 1;
    for (size_t i = 0; i < scenario->program_count; i++)
        number = (uint8_t)(number + (scenario->programs[i].host == host));
    struct lab_program *program = &scenario->programs[scenario->program_count++];
    *program = (struct lab_program){.host = host, .number = number};
    reader->section = SECTION_PROGRAM;
    return true;
}

static bool parse_number_line(struct lab_parser *parser, const char *name)
{
    struct lab_scenario *scenario = parser->scenario;
    const struct lab_words *words = &parser->words;
    int64_t number;
    int64_t *time = strcmp(name, "quiet") == 0   ? &scenario->quiet_ns
                    : strcmp(name, "last") == 0  ? &scenario->last_ns
                    : strcmp(name, "limit") == 0 ? &scenario->limit_ns
                                                 : NULL;
    if (time != NULL && words->count == 2 && lab_word_time(words->word[1].text, time))
        return true;
    if (time != NULL)
        return lab_parse_fail(parser, _("%s: wants a time such as 500ms, of at most 120s"), name);
    if (words->count != 2 || !lab_word_number(words->word[1].text, 1, 9999, &number))
        return lab_parse_fail(parser, _("lesson: wants a number from 1 to 9999"));
    scenario->lesson = (unsigned)number;
    return true;
}

/* Where it is worth seeing: "vantage server". */
static bool parse_vantage(struct lab_parser *parser)
{
    uint8_t host;
    if (parser->words.count != 2 || !lab_parse_host(parser->words.word[1].text, &host))
        return lab_parse_fail(parser, _("vantage: client or server?"));
    parser->scenario->vantage = host == LAB_SERVER ? LAB_VANTAGE_SERVER : LAB_VANTAGE_CLIENT;
    return true;
}

/* A line at the left edge. */
static bool parse_head(struct reader *reader, const char *line, size_t length)
{
    struct lab_parser *parser = &reader->parser;
    char name[16] = "";
    size_t end = 0;
    while (end < length && !is_blank(line[end]))
        end++;
    if (end < sizeof name)
        memcpy(name, line, end);
    reader->text = text_of(parser->scenario, name);
    reader->section = SECTION_TEXT;
    if (reader->text != NULL && *reader->text != NULL)
        return lab_parse_fail(parser, _("%s: there is one already"), name);
    if (reader->text != NULL)
        return add_text(parser, reader->text, line + end, length - end);
    const char *why = lab_words_split(&parser->words, line, length);
    if (why != NULL)
        return lab_parse_fail(parser, "%s", why);
    reader->section = SECTION_NONE;
    uint8_t host;
    if (strcmp(name, "quiet") == 0 || strcmp(name, "last") == 0 || strcmp(name, "limit") == 0 ||
        strcmp(name, "lesson") == 0)
        return parse_number_line(parser, name);
    if (strcmp(name, "vantage") == 0)
        return parse_vantage(parser);
    if (parser->words.count == 1 && lab_parse_host(name, &host))
        return begin_program(reader, host);
    if (parser->words.count == 1 && strcmp(name, "network") == 0)
        reader->section = SECTION_NETWORK;
    else if (parser->words.count == 1 && strcmp(name, "wire") == 0)
        reader->section = SECTION_WIRE;
    else if (parser->words.count == 1 && strcmp(name, "expect") == 0)
        reader->section = SECTION_EXPECT;
    else
        return lab_parse_fail(parser, _("%.*s: not the head of a section"),
                              (int)(end < 40 ? end : 40), line);
    return true;
}

/* An indented line. */
static bool parse_body(struct reader *reader, const char *line, size_t length)
{
    struct lab_parser *parser = &reader->parser;
    struct lab_scenario *scenario = parser->scenario;
    if (reader->section == SECTION_TEXT)
        return add_text(parser, reader->text, line, length);
    const char *why = lab_words_split(&parser->words, line, length);
    if (why != NULL)
        return lab_parse_fail(parser, "%s", why);
    if (parser->words.count == 0)
        return true;
    switch (reader->section) {
    case SECTION_NETWORK:
        return parse_network(parser);
    case SECTION_WIRE:
        return lab_parse_rule(parser);
    case SECTION_PROGRAM:
        return lab_parse_step(parser, &scenario->programs[scenario->program_count - 1]);
    case SECTION_EXPECT:
        return parse_expected(parser);
    case SECTION_NONE:
    case SECTION_TEXT:
        break;
    }
    return lab_parse_fail(parser, _("an indented line that belongs to no section"));
}

static bool parse_line(struct reader *reader, const char *line, size_t length)
{
    struct lab_parser *parser = &reader->parser;
    parser->line++;
    if (length > LAB_MAX_LINE)
        return lab_parse_fail(parser, _("the line is longer than %d bytes"), LAB_MAX_LINE);
    size_t blanks = 0;
    while (blanks < length && is_blank(line[blanks]))
        blanks++;
    if (blanks == length ||
        (line[blanks] == '#' && (blanks == 0 || reader->section != SECTION_TEXT)))
        return true;
    if (blanks > 0)
        return parse_body(reader, line, length);
    return lab_parse_program_end(parser) && parse_head(reader, line, length);
}

static bool check_whole(struct lab_parser *parser)
{
    struct lab_scenario *scenario = parser->scenario;
    if (!lab_parse_program_end(parser))
        return false;
    if (scenario->title == NULL)
        return lab_parse_fail(parser, _("the scenario has no title"));
    if (scenario->program_count == 0)
        return lab_parse_fail(parser, _("the scenario has no program: no client and no server"));
    if (scenario->ipv6 && scenario->mtu < 1280)
        return lab_parse_fail(parser, _("mtu: IPv6 wants 1280 at least"));
    return true;
}

static char *base_name(const char *file)
{
    const char *slash = strrchr(file, '/');
    char *name = base_strdup(slash != NULL ? slash + 1 : file);
    size_t length = strlen(name);
    if (length > 4 && strcmp(name + length - 4, ".lab") == 0)
        name[length - 4] = '\0';
    return name;
}

struct lab_scenario *lab_scenario_parse(const char *file, const char *text, size_t length,
                                        struct base_strbuf *error)
{
    struct lab_scenario *scenario = base_calloc(1, sizeof *scenario);
    scenario->file = base_strdup(file);
    scenario->name = base_name(file);
    scenario->mtu = 1500;
    scenario->quiet_ns = 500 * MS;
    scenario->limit_ns = 30000 * MS;
    scenario->delay_ns[LAB_CLIENT] = scenario->delay_ns[LAB_SERVER] = 10 * MS;
    struct reader reader = {.parser = {.file = file, .error = error, .scenario = scenario}};
    const char *end = text + length;
    bool good = length <= LAB_MAX_FILE || lab_parse_fail(&reader.parser, _("longer than 64 KiB"));
    while (good && text < end) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));
        const char *stop = newline != NULL ? newline : end;
        good = parse_line(&reader, text, (size_t)(stop - text));
        text = stop + (newline != NULL);
    }
    if (good && check_whole(&reader.parser))
        return scenario;
    lab_scenario_free(scenario);
    return NULL;
}

struct lab_scenario *lab_scenario_read(const char *file, struct base_strbuf *error)
{
    FILE *stream = fopen(file, "re");
    if (stream == NULL) {
        base_strbuf_printf(error, "%s: %s", file, strerror(errno));
        return NULL;
    }
    char *text = base_alloc(LAB_MAX_FILE + 1);
    size_t length = fread(text, 1, LAB_MAX_FILE + 1, stream);
    struct lab_scenario *scenario = NULL;
    if (ferror(stream))
        base_strbuf_printf(error, "%s: %s", file, strerror(errno));
    else
        scenario = lab_scenario_parse(file, text, length, error);
    fclose(stream);
    free(text);
    return scenario;
}

static void free_program(struct lab_program *program)
{
    for (size_t i = 0; i < program->step_count; i++) {
        free(program->steps[i].bytes);
        free(program->steps[i].text);
    }
    for (size_t i = 0; i < program->socket_count; i++)
        free(program->sockets[i]);
    free(program->steps);
}

void lab_scenario_free(struct lab_scenario *scenario)
{
    if (scenario == NULL)
        return;
    for (size_t i = 0; i < scenario->program_count; i++)
        free_program(&scenario->programs[i]);
    for (size_t i = 0; i < scenario->sysctl_count; i++) {
        free(scenario->sysctls[i].path);
        free(scenario->sysctls[i].value);
    }
    char *texts[] = {scenario->file,    scenario->name, scenario->title,    scenario->chapter,
                     scenario->teaches, scenario->look, scenario->question, scenario->answer};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        free(texts[i]);
    free(scenario);
}

static void add_time(struct base_strbuf *out, int64_t time_ns)
{
    if (time_ns >= 1000 * MS && time_ns % (100 * MS) == 0)
        base_strbuf_printf(out, "%gs ", (double)time_ns / 1e9);
    else
        base_strbuf_printf(out, "%gms ", (double)time_ns / 1e6);
}

void lab_step_describe(const struct lab_program *program, size_t step, struct base_strbuf *out)
{
    const struct lab_step *this = &program->steps[step];
    if (this->when == LAB_AFTER)
        base_strbuf_char(out, '+');
    if (this->when != LAB_AT_ONCE)
        add_time(out, this->when_ns);
    if (this->makes != LAB_NO_SOCKET)
        base_strbuf_printf(out, "%s = ", program->sockets[this->makes]);
    base_strbuf_str(out, this->text);
}
