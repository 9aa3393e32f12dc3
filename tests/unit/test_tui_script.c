/* tui: keys and the scripts that press them. */
#include "config.h"

#include "support.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tui/keys.h"
#include "tui/script.h"

static struct tui_step parsed(const char *line)
{
    struct tui_step step;
    bool kept;
    if (!tui_script_parse_line(line, &step, &kept) || !kept)
        fail_msg("%s: was not taken", line);
    return step;
}

static void assert_refused(const char *line)
{
    struct tui_step step;
    bool kept;
    if (tui_script_parse_line(line, &step, &kept))
        fail_msg("%s: was taken", line);
    assert_null(step.text);
}

static void key_names_go_both_ways(void **state)
{
    (void)state;
    for (size_t i = 0; i < tui_binding_count(); i++) {
        for (size_t k = 0; k < TUI_BINDING_KEYS && tui_binding(i)->keys[k] != 0; k++) {
            struct base_strbuf name = BASE_STRBUF_INIT;
            tui_key_name(&name, tui_binding(i)->keys[k]);
            assert_int_equal(tui_key_by_name(base_strbuf_text(&name)), tui_binding(i)->keys[k]);
            base_strbuf_free(&name);
        }
    }
    assert_int_equal(tui_key_by_name("F12"), TUI_KEY_F12);
    assert_int_equal(tui_key_by_name("F13"), TUI_KEY_NONE);
    assert_int_equal(tui_key_by_name("down"), TUI_KEY_NONE);
    assert_int_equal(tui_key_by_name(""), TUI_KEY_NONE);
}

/* A second row for a key on the same screen could never be reached. */
static void no_key_is_bound_twice(void **state)
{
    (void)state;
    for (size_t i = 0; i < tui_binding_count(); i++) {
        const struct tui_binding *binding = tui_binding(i);
        for (unsigned screen = 1; screen <= TUI_IN_HELP; screen <<= 1)
            for (size_t k = 0; k < TUI_BINDING_KEYS && binding->keys[k] != 0; k++)
                if (binding->screens & screen)
                    assert_int_equal(tui_key_action(binding->keys[k], screen), binding->action);
        assert_non_null(binding->help);
    }
    assert_int_equal(tui_key_action('q', TUI_IN_CONNECTIONS), TUI_ACTION_QUIT);
    assert_int_equal(tui_key_action('q', TUI_IN_TIMELINE), TUI_ACTION_BACK);
    assert_int_equal(tui_key_action('~', TUI_IN_TIMELINE), TUI_ACTION_NONE);
}

static void every_step(void **state)
{
    (void)state;
    assert_int_equal(parsed("Down").key, TUI_KEY_DOWN);
    assert_int_equal(parsed("  /").kind, TUI_STEP_KEY);
    assert_int_equal(parsed("\"").key, '"');
    assert_int_equal(parsed("^L").key, TUI_KEY_CONTROL('l'));
    struct tui_step step = parsed("\"port=80 \"x\"");
    assert_int_equal(step.kind, TUI_STEP_TEXT);
    assert_string_equal(step.text, "port=80 \"x");
    free(step.text);
    step = parsed("click 3 4");
    assert_int_equal(step.kind, TUI_STEP_CLICK);
    assert_int_equal(step.x, 3);
    assert_int_equal(step.y, 4);
    step = parsed("resize 200 60");
    assert_int_equal(step.kind, TUI_STEP_RESIZE);
    assert_int_equal(step.x, 200);
    assert_int_equal(parsed("wait loaded").kind, TUI_STEP_WAIT_LOADED);
    assert_int_equal(parsed("wait 250ms").wait_ms, 250);
    assert_int_equal(parsed("wait 12 packets").kind, TUI_STEP_WAIT_PACKETS);
    assert_int_equal(parsed("wait 12 packets").packets, 12);
    assert_int_equal(parsed("wait 2 s").wait_ms, 2000);
    step = parsed("save a b.txt");
    assert_int_equal(step.kind, TUI_STEP_SAVE);
    assert_string_equal(step.text, "a b.txt");
    free(step.text);
    step = parsed("save-roles r");
    assert_int_equal(step.kind, TUI_STEP_SAVE_ROLES);
    free(step.text);
    assert_int_equal(parsed("quit").kind, TUI_STEP_QUIT);
}

static void comments_are_skipped(void **state)
{
    (void)state;
    static const char *const lines[] = {"", "   ", "# a comment", "#"};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        struct tui_step step;
        bool kept = true;
        assert_true(tui_script_parse_line(lines[i], &step, &kept));
        assert_false(kept);
    }
}

static void bad_lines(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "Dwon",     "click 1", "click 1 2 3", "click -1 2", "resize 0 24", "resize 80 1001",
        "wait",     "wait 3",  "wait 601s",   "wait x",     "save",        "save-roles ",
        "quit now", "\"open",  "ab",          "^l",         "^",
    };
    for (size_t i = 0; i + 1 < sizeof lines / sizeof lines[0]; i++)
        assert_refused(lines[i]);
}

static void file_is_read(void **state)
{
    (void)state;
    char name[] = "/tmp/tcpviz-script-XXXXXX";
    static const char good[] = "# hello\n\nDown\r\n\"x\"\nquit\n", bad[] = "Down\n\nUpp\n";
    int fd = mkstemp(name);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, good, sizeof good - 1), sizeof good - 1);
    struct tui_script script;
    struct base_strbuf error = BASE_STRBUF_INIT, expected = BASE_STRBUF_INIT;
    assert_true(tui_script_read(&script, name, &error));
    assert_int_equal(script.count, 3);
    assert_int_equal(script.steps[2].kind, TUI_STEP_QUIT);
    tui_script_free(&script);
    assert_int_equal(ftruncate(fd, 0), 0);
    assert_int_equal(pwrite(fd, bad, sizeof bad - 1, 0), sizeof bad - 1);
    close(fd);
    assert_false(tui_script_read(&script, name, &error));
    base_strbuf_printf(&expected, "%s:3: not a key or a step that a script can have: Upp", name);
    assert_string_equal(base_strbuf_text(&error), base_strbuf_text(&expected));
    unlink(name);
    base_strbuf_clear(&error);
    assert_false(tui_script_read(&script, name, &error));
    assert_non_null(strstr(base_strbuf_text(&error), "No such file"));
    base_strbuf_free(&error);
    base_strbuf_free(&expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(key_names_go_both_ways),
        cmocka_unit_test(no_key_is_bound_twice),
        cmocka_unit_test(every_step),
        cmocka_unit_test(comments_are_skipped),
        cmocka_unit_test(bad_lines),
        cmocka_unit_test(file_is_read),
    };
    return cmocka_run_group_tests_name("tui_script", tests, NULL, NULL);
}
