/* Which rights this process has when. */
#include "config.h"

#include "app/rights.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "app/catalogue.h"
#include "app/recent.h"
#include "app/settings.h"
#include "base/intl.h"
#include "guard/guard.h"
#ifdef HAVE_TUI
#include "tui/script.h"
#endif

static struct guard_user user; /* whom this process becomes */

/* In the broker, as the user: what the start screen offers the next time. */
static void remember(const char *name)
{
    struct base_strbuf bundled = BASE_STRBUF_INIT;
    bool found = access(name, F_OK) != 0 && app_catalogue_find(name, &bundled);
    app_recent_add(found ? base_strbuf_text(&bundled) : name);
    base_strbuf_free(&bundled);
}

static void allow_writing(const char *path)
{
    guard_allow(path, GUARD_WRITE);
    guard_allow(path, GUARD_REPLACE);
}

static void allow_ends(const char *path)
{
    static const char *const ends[] = {"client", "server"};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        struct base_strbuf name = BASE_STRBUF_INIT;
        app_files_end_name(path, ends[i], &name);
        allow_writing(base_strbuf_text(&name));
        base_strbuf_free(&name);
    }
}

/* What the steps of a script save. */
static void allow_saving(const char *script_file)
{
#ifdef HAVE_TUI
    struct tui_script script;
    struct base_strbuf why = BASE_STRBUF_INIT; /* told when the script is run */
    if (tui_script_read(&script, script_file, &why)) {
        for (size_t i = 0; i < script.count; i++)
            if (script.steps[i].kind == TUI_STEP_SAVE ||
                script.steps[i].kind == TUI_STEP_SAVE_ROLES)
                guard_allow(script.steps[i].text, GUARD_WRITE);
        tui_script_free(&script);
    }
    base_strbuf_free(&why);
#else
    (void)script_file;
#endif
}

/* What the terminal UI saves of what was changed there. */
static void allow_settings(void)
{
    struct base_strbuf path = BASE_STRBUF_INIT;
    if (app_settings_path(&path)) {
        guard_allow(base_strbuf_text(&path), GUARD_READ);
        guard_allow_alone(base_strbuf_text(&path));
    }
    base_strbuf_free(&path);
}

static void allow_all(const struct app_options *options, const struct app_files *files)
{
    allow_settings();
    for (size_t i = 0; i < files->count; i++)
        guard_allow(files->files[i].name, GUARD_READ);
    for (size_t i = 0; i < options->file_count; i++)
        guard_allow(options->files[i], GUARD_READ); /* as they were named, to be remembered */
    if (options->script_file != NULL) {
        guard_allow(options->script_file, GUARD_READ);
        allow_saving(options->script_file);
    }
    if (options->output_file != NULL)
        guard_allow(options->output_file, GUARD_WRITE);
    if (options->write_file != NULL && options->vantage == LAB_VANTAGE_BOTH)
        allow_ends(options->write_file);
    else if (options->write_file != NULL)
        allow_writing(options->write_file);
}

bool app_rights_start(const struct app_options *options, const struct app_files *files,
                      struct base_strbuf *error)
{
    if (!guard_user_find(options->run_as, &user)) {
        base_strbuf_printf(error, _("-Z %s: there is no such user"), options->run_as);
        return false;
    }
    (void)_("yes"); /* reads the catalogue of the reader's language, while that can be opened */
    allow_all(options, files);
    const struct guard_options wanted = {.user = user, .remember = remember};
    if (guard_start(&wanted))
        return true;
    base_strbuf_printf(error, _("the process that opens files: %s"), strerror(errno));
    return false;
}

static struct guard_needs needs_of(const struct app_options *options,
                                   const struct capture_source *source)
{
    struct guard_needs needs = {
        .source = options->interface != NULL ? GUARD_SOURCE_LIVE
                  : options->lab != NULL     ? GUARD_SOURCE_LAB
                                             : GUARD_SOURCE_FILE,
        .terminal = isatty(STDOUT_FILENO) || options->script_file != NULL,
        .capture_fd = -1,
        .confinement = !options->no_sandbox,
    };
    if (needs.source == GUARD_SOURCE_LIVE)
        needs.capture_fd = capture_source_fd(source);
#ifdef HAVE_LAB
    if (needs.source == GUARD_SOURCE_LAB)
        needs.child = lab_process(source);
#endif
    return needs;
}

bool app_rights_give_up(const struct app_options *options, const struct capture_source *source,
                        struct base_strbuf *error)
{
    const struct guard_needs needs = needs_of(options, source);
    const char *why;
    if (guard_enter(&user, &needs, &why))
        return true;
    base_strbuf_printf(error, "%s: %s", why, strerror(errno));
    return false;
}

bool app_rights_look_only(void)
{
    return guard_look_only(&user);
}

void app_rights_seal(void)
{
    guard_seal();
}

void app_rights_describe(struct base_strbuf *out)
{
    struct guard_state state;
    guard_describe(&state);
    if (state.user_changed)
        base_strbuf_printf(out, _("user %s, "), user.name[0] != '\0' ? user.name : "of sudo");
    base_strbuf_str(out, state.landlock && state.seccomp ? _("confined by Landlock and seccomp")
                         : state.landlock                ? _("confined by Landlock only")
                         : state.seccomp                 ? _("confined by seccomp only")
                                                         : _("not confined"));
}
