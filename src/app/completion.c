/* Completion scripts: what each option takes comes from the table of options and from the program
 * itself, which lists interfaces and scenarios when a shell asks. */
#include "config.h"

#include "app/completion.h"

#include <string.h>

#include "app/options.h"
#include "out/format.h"

/* Where the words for an argument come from. */
enum words {
    WORDS_NONE,
    WORDS_FILE,
    WORDS_INTERFACE,
    WORDS_SCENARIO,
    WORDS_FORMAT,
    WORDS_FIXED,
};

struct argument {
    const char *placeholder; /* as in the table of options */
    const char *option;      /* NULL: whichever has that placeholder */
    enum words words;
    const char *fixed; /* WORDS_FIXED */
};

static const struct argument arguments[] = {
    {"FILE", NULL, WORDS_FILE, NULL},
    {"IF", NULL, WORDS_INTERFACE, NULL},
    {"SCENARIO", NULL, WORDS_SCENARIO, NULL},
    {"FORMAT", NULL, WORDS_FORMAT, NULL},
    {"END", "vantage", WORDS_FIXED, "client server both"},
    {"WHEN", "color", WORDS_FIXED, "auto always never"},
    {"WHEN", "sandbox", WORDS_FIXED, "on off"},
    {"VIEW", NULL, WORDS_FIXED, "timeline states sequence"},
    {"NAME", "theme", WORDS_FIXED, "default dark light color-blind mono projector"},
    {"WHICH", "times", WORDS_FIXED, "steps start day"},
    {"SHELL", "completion", WORDS_FIXED, "bash zsh fish"},
};

/* The beginnings of filter expressions, pcap-filter(7). */
#define FILTER_WORDS "port host net src dst tcp ip ip6 portrange and or not vlan mpls greater less"
#define LIST_INTERFACES "tcpviz -D 2>/dev/null | awk '{print $1}'"
#define LIST_SCENARIOS "tcpviz --lab list 2>/dev/null | awk '{print $1}'"
/* The same inside of quotes of fish. */
#define FISH_INTERFACES "tcpviz -D 2>/dev/null | awk \\'{print $1}\\'"
#define FISH_SCENARIOS "tcpviz --lab list 2>/dev/null | awk \\'{print $1}\\'"

static const struct argument *argument_of(const struct app_option_words *option)
{
    for (size_t i = 0; i < sizeof arguments / sizeof arguments[0]; i++)
        if (option->argument != NULL && strcmp(arguments[i].placeholder, option->argument) == 0 &&
            (arguments[i].option == NULL || strcmp(arguments[i].option, option->name) == 0))
            return &arguments[i];
    return NULL;
}

static void add_formats(struct base_strbuf *out)
{
    base_strbuf_str(out, "tui");
    for (unsigned i = 0; i < OUT_KINDS; i++)
        base_strbuf_printf(out, " %s", out_format((enum out_kind)i)->name);
}

/* An argument in [brackets] may stand behind = only; its option completes as a flag. */
static bool wants_word(const struct app_option_words *option)
{
    return option->argument != NULL && option->argument[0] != '[';
}

/* --- bash --- */

static void add_bash_case(struct base_strbuf *out, const struct app_option_words *option)
{
    const struct argument *argument = argument_of(option);
    base_strbuf_printf(out, "    --%s", option->name);
    if (option->letter != 0)
        base_strbuf_printf(out, " | -%c", option->letter);
    base_strbuf_str(out, ")\n");
    switch (argument == NULL ? WORDS_NONE : argument->words) {
    case WORDS_NONE:
        break;
    case WORDS_FILE:
        base_strbuf_str(out, "        _tcpviz_files\n");
        break;
    case WORDS_INTERFACE:
        base_strbuf_str(out, "        _tcpviz_words \"$(" LIST_INTERFACES ")\"\n");
        break;
    case WORDS_SCENARIO:
        base_strbuf_str(out, "        _tcpviz_words \"list $(" LIST_SCENARIOS ")\"\n"
                             "        [[ ${COMPREPLY[*]} ]] || _tcpviz_files\n");
        break;
    case WORDS_FORMAT:
        base_strbuf_str(out, "        _tcpviz_words '");
        add_formats(out);
        base_strbuf_str(out, "'\n");
        break;
    case WORDS_FIXED:
        base_strbuf_printf(out, "        _tcpviz_words '%s'\n", argument->fixed);
        break;
    }
    base_strbuf_str(out, "        return ;;\n");
}

static void add_bash(struct base_strbuf *out)
{
    struct app_option_words option;
    base_strbuf_str(out,
                    "# bash completion for tcpviz\n"
                    "_tcpviz_words() {\n"
                    "    mapfile -t COMPREPLY < <(compgen -W \"$1\" -- \"$cur\")\n"
                    "}\n"
                    "_tcpviz_files() {\n"
                    "    compopt -o filenames 2>/dev/null\n"
                    "    mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n"
                    "}\n"
                    "_tcpviz() {\n"
                    "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
                    "    COMPREPLY=()\n"
                    "    if [[ $cur == = ]]; then cur=; fi\n"
                    "    if [[ $prev == = ]]; then prev=${COMP_WORDS[COMP_CWORD-2]}; fi\n"
                    "    case $prev in\n");
    for (size_t i = 0; app_option_words(i, &option); i++)
        if (wants_word(&option))
            add_bash_case(out, &option);
    base_strbuf_str(out, "    esac\n"
                         "    if [[ $cur == -* ]]; then\n"
                         "        _tcpviz_words '");
    for (size_t i = 0; app_option_words(i, &option); i++)
        base_strbuf_printf(out, "%s--%s", i > 0 ? " " : "", option.name);
    base_strbuf_str(out, "'\n"
                         "        return\n"
                         "    fi\n"
                         "    _tcpviz_files\n"
                         "    local files=(\"${COMPREPLY[@]}\")\n"
                         "    _tcpviz_words '" FILTER_WORDS "'\n"
                         "    COMPREPLY=(\"${files[@]}\" \"${COMPREPLY[@]}\")\n"
                         "}\n"
                         "complete -F _tcpviz tcpviz\n");
}

/* --- zsh --- */

/* Inside '…:[…]': quotes and brackets cannot stand there. */
static void add_zsh_text(struct base_strbuf *out, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '\'')
            base_strbuf_str(out, "'\\''");
        else {
            if (strchr("[]:\\", *text) != NULL)
                base_strbuf_char(out, '\\');
            base_strbuf_char(out, *text);
        }
    }
}

static void add_zsh_action(struct base_strbuf *out, const struct app_option_words *option)
{
    const struct argument *argument = argument_of(option);
    base_strbuf_char(out, ':');
    add_zsh_text(out, option->argument);
    base_strbuf_char(out, ':');
    switch (argument == NULL ? WORDS_NONE : argument->words) {
    case WORDS_NONE:
        break;
    case WORDS_FILE:
        base_strbuf_str(out, "_files");
        break;
    case WORDS_INTERFACE:
        base_strbuf_str(out, "_tcpviz_interfaces");
        break;
    case WORDS_SCENARIO:
        base_strbuf_str(out, "_tcpviz_scenarios");
        break;
    case WORDS_FORMAT:
        base_strbuf_char(out, '(');
        add_formats(out);
        base_strbuf_char(out, ')');
        break;
    case WORDS_FIXED:
        base_strbuf_printf(out, "(%s)", argument->fixed);
        break;
    }
}

static void add_zsh(struct base_strbuf *out)
{
    struct app_option_words option;
    base_strbuf_str(out, "#compdef tcpviz\n"
                         "_tcpviz_interfaces() {\n"
                         "    local -a names=(${(f)\"$(" LIST_INTERFACES ")\"})\n"
                         "    _describe interface names\n"
                         "}\n"
                         "_tcpviz_scenarios() {\n"
                         "    local -a names=(list ${(f)\"$(" LIST_SCENARIOS ")\"})\n"
                         "    _describe scenario names\n"
                         "    _files -g '*.lab'\n"
                         "}\n"
                         "_tcpviz_words() {\n"
                         "    _files\n"
                         "    local -a words=(" FILTER_WORDS ")\n"
                         "    _describe 'filter word' words\n"
                         "}\n"
                         "_arguments -s \\\n");
    for (size_t i = 0; app_option_words(i, &option); i++) {
        if (option.letter != 0)
            base_strbuf_printf(out, "    '*'{-%c,--%s%s}'[", option.letter, option.name,
                               wants_word(&option) ? "=" : "");
        else
            base_strbuf_printf(out, "    '*--%s%s[", option.name, wants_word(&option) ? "=" : "");
        add_zsh_text(out, option.meaning);
        base_strbuf_char(out, ']');
        if (wants_word(&option))
            add_zsh_action(out, &option);
        base_strbuf_str(out, "' \\\n");
    }
    base_strbuf_str(out, "    '*:file or filter:_tcpviz_words'\n");
}

/* --- fish --- */

static void add_fish_text(struct base_strbuf *out, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '\'' || *text == '\\')
            base_strbuf_char(out, '\\');
        base_strbuf_char(out, *text);
    }
}

static void add_fish_argument(struct base_strbuf *out, const struct app_option_words *option)
{
    const struct argument *argument = argument_of(option);
    switch (argument == NULL ? WORDS_NONE : argument->words) {
    case WORDS_NONE:
        base_strbuf_str(out, " -x");
        break;
    case WORDS_FILE:
        base_strbuf_str(out, " -r -F");
        break;
    case WORDS_INTERFACE:
        base_strbuf_str(out, " -x -a '(" FISH_INTERFACES ")'");
        break;
    case WORDS_SCENARIO:
        base_strbuf_str(out, " -r -a 'list (" FISH_SCENARIOS ")'");
        break;
    case WORDS_FORMAT:
        base_strbuf_str(out, " -x -a '");
        add_formats(out);
        base_strbuf_char(out, '\'');
        break;
    case WORDS_FIXED:
        base_strbuf_printf(out, " -x -a '%s'", argument->fixed);
        break;
    }
}

static void add_fish(struct base_strbuf *out)
{
    struct app_option_words option;
    base_strbuf_str(out, "# fish completion for tcpviz\n"
                         "complete -c tcpviz -a '" FILTER_WORDS "'\n");
    for (size_t i = 0; app_option_words(i, &option); i++) {
        base_strbuf_str(out, "complete -c tcpviz");
        if (option.letter != 0)
            base_strbuf_printf(out, " -s %c", option.letter);
        base_strbuf_printf(out, " -l %s", option.name);
        if (wants_word(&option))
            add_fish_argument(out, &option);
        base_strbuf_str(out, " -d '");
        add_fish_text(out, option.meaning);
        base_strbuf_str(out, "'\n");
    }
}

bool app_completion(const char *shell, struct base_strbuf *out)
{
    static const struct {
        const char *shell;
        void (*add)(struct base_strbuf *out);
    } scripts[] = {{"bash", add_bash}, {"zsh", add_zsh}, {"fish", add_fish}};
    for (size_t i = 0; i < sizeof scripts / sizeof scripts[0]; i++)
        if (strcmp(scripts[i].shell, shell) == 0) {
            scripts[i].add(out);
            return true;
        }
    return false;
}
