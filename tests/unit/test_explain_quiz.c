/* explain: the questions of the quiz. */
#include "config.h"

#include "support.h"

#include <string.h>

#include "explain/quiz.h"
#include "fake_life.h"

static struct fake_life short_life(void)
{
    struct fake_life life = fake_life_new(100, 100);
    fake_life_handshake(&life);
    fake_life_segment(&life, 1000, TRACK_CLIENT, WIRE_ACK | WIRE_PSH, 100);
    fake_life_segment(&life, 1000, TRACK_SERVER, WIRE_ACK, 0);
    fake_life_end(&life);
    return life;
}

static const char *right_choice(const struct explain_question *question)
{
    return question->choices[question->right];
}

static void choices_differ_and_are_all_there(void **state)
{
    (void)state;
    struct fake_life life = short_life();
    struct explain_quiz *quiz = explain_quiz_new(life.timeline);
    assert_true(explain_quiz_count(quiz) > 5);
    for (size_t i = 0; i < explain_quiz_count(quiz); i++) {
        const struct explain_question *question = explain_quiz_question(quiz, i);
        assert_true(question->right < EXPLAIN_CHOICES);
        for (size_t a = 0; a < EXPLAIN_CHOICES; a++) {
            assert_true(question->choices[a][0] != '\0');
            for (size_t b = a + 1; b < EXPLAIN_CHOICES; b++)
                assert_string_not_equal(question->choices[a], question->choices[b]);
        }
    }
    explain_quiz_free(quiz);
    fake_life_free(&life);
}

static void the_handshake_is_asked_in_order(void **state)
{
    (void)state;
    static const struct {
        uint64_t frame;
        enum explain_question_kind kind;
        const char *right;
    } wanted[] = {
        {1, EXPLAIN_ASK_FLAGS, "SYN"},
        {1, EXPLAIN_ASK_CLIENT_STATE, "SYN_SENT"},
        {1, EXPLAIN_ASK_SERVER_STATE, "SYN_RECEIVED"},
        {2, EXPLAIN_ASK_FLAGS, "SYN ACK"},
        {2, EXPLAIN_ASK_ACK, "1"},
        {2, EXPLAIN_ASK_CLIENT_STATE, "ESTABLISHED"},
        {3, EXPLAIN_ASK_FLAGS, "ACK"},
    };
    struct fake_life life = short_life();
    struct explain_quiz *quiz = explain_quiz_new(life.timeline);
    assert_true(explain_quiz_count(quiz) >= sizeof wanted / sizeof wanted[0]);
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        const struct explain_question *question = explain_quiz_question(quiz, i);
        assert_int_equal(question->frame, wanted[i].frame);
        assert_int_equal(question->kind, wanted[i].kind);
        assert_string_equal(right_choice(question), wanted[i].right);
    }
    explain_quiz_free(quiz);
    fake_life_free(&life);
}

static void answers_say_why(void **state)
{
    (void)state;
    struct fake_life life = short_life();
    struct explain_quiz *quiz = explain_quiz_new(life.timeline);
    const struct explain_options options = {.ascii = true};
    for (size_t i = 0; i < explain_quiz_count(quiz); i++) {
        struct base_strbuf ask = BASE_STRBUF_INIT, why = BASE_STRBUF_INIT;
        explain_quiz_ask(quiz, i, &ask);
        explain_quiz_answer(quiz, i, &options, &why);
        assert_true(ask.length > 20 && ask.text[ask.length - 1] == '?');
        assert_true(why.length > 10 && why.text[why.length - 1] == '\n');
        if (explain_quiz_question(quiz, i)->kind != EXPLAIN_ASK_FLAGS)
            assert_non_null(strstr(why.text, right_choice(explain_quiz_question(quiz, i))));
        base_strbuf_free(&ask);
        base_strbuf_free(&why);
    }
    explain_quiz_free(quiz);
    fake_life_free(&life);
}

static void the_same_capture_asks_the_same(void **state)
{
    (void)state;
    struct fake_life life = short_life();
    struct explain_quiz *one = explain_quiz_new(life.timeline);
    struct explain_quiz *two = explain_quiz_new(life.timeline);
    assert_int_equal(explain_quiz_count(one), explain_quiz_count(two));
    for (size_t i = 0; i < explain_quiz_count(one); i++)
        assert_memory_equal(explain_quiz_question(one, i), explain_quiz_question(two, i),
                            sizeof(struct explain_question));
    explain_quiz_free(one);
    explain_quiz_free(two);
    fake_life_free(&life);
}

static void questions_are_bounded(void **state)
{
    (void)state;
    struct fake_life life = fake_life_new(1000, 1000);
    for (int i = 0; i < 500; i++)
        fake_life_segment(&life, 1000, TRACK_CLIENT, WIRE_SYN, 0);
    struct explain_quiz *quiz = explain_quiz_new(life.timeline);
    assert_int_equal(explain_quiz_count(quiz), EXPLAIN_QUIZ_MAX);
    explain_quiz_free(quiz);
    fake_life_free(&life);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(choices_differ_and_are_all_there),
        cmocka_unit_test(the_handshake_is_asked_in_order),
        cmocka_unit_test(answers_say_why),
        cmocka_unit_test(the_same_capture_asks_the_same),
        cmocka_unit_test(questions_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
