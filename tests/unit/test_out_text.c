/* Text from outside in the formats that are not JSON: XML, CSV, Zeek's logs. */
#include "config.h"

#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "out/fieldw.h"
#include "out/xmlw.h"

static void assert_xml(const char *text, size_t length, const char *expected)
{
    struct base_strbuf out = BASE_STRBUF_INIT;
    out_xml_text(&out, text, length);
    assert_string_equal(base_strbuf_text(&out), expected);
    base_strbuf_free(&out);
}

static void xml_escapes_markup(void **state)
{
    (void)state;
    assert_xml("a<b>&\"'", 7, "a&lt;b&gt;&amp;&quot;&#39;");
    assert_xml("]]>", 3, "]]&gt;");
    assert_xml("⇄ µ", strlen("⇄ µ"), "⇄ µ");
}

static void xml_has_no_forbidden_characters(void **state)
{
    (void)state;
    assert_xml("a\0b\033[2J\177", 8, "a\uFFFDb\uFFFD[2J\uFFFD");
    assert_xml("tab\tline\n", 9, "tab\tline\n");
    assert_xml("\r", 1, "\uFFFD");
    assert_xml("\xff\xc3", 2, "\uFFFD\uFFFD");
    assert_xml("\xc2\x9b", 2, "\uFFFD"); /* a control character of eight bits */
    assert_xml("\xef\xbf\xbf", 3, "\uFFFD");
    assert_xml("\xed\xa0\x80", 3, "\uFFFD\uFFFD\uFFFD"); /* half a surrogate */
}

static void xml_keeps_the_direction_of_writing(void **state)
{
    (void)state;
    assert_xml("\u202Egpj.exe", strlen("\u202Egpj.exe"), "\uFFFDgpj.exe");
    assert_xml("\u2066\u200F", strlen("\u2066\u200F"), "\uFFFD\uFFFD");
}

/* --- fields --- */

struct row {
    char *text;
    size_t length;
    struct out_fieldw writer;
};

static void open_row(struct row *row, enum out_field_form form)
{
    row->writer =
        (struct out_fieldw)OUT_FIELDW_INIT(open_memstream(&row->text, &row->length), form);
}

static void assert_row(struct row *row, const char *expected)
{
    out_fieldw_end(&row->writer);
    fclose(row->writer.stream);
    assert_string_equal(row->text, expected);
    free(row->text);
    out_fieldw_free(&row->writer);
}

static void assert_csv(const char *text, size_t length, const char *expected)
{
    struct row row;
    open_row(&row, OUT_FIELDS_CSV);
    out_fieldw_text(&row.writer, text, length);
    assert_row(&row, expected);
}

static void csv_quotes_what_needs_it(void **state)
{
    (void)state;
    assert_csv("plain", 5, "plain\r\n");
    assert_csv("", 0, "\r\n");
    assert_csv("a,b", 3, "\"a,b\"\r\n");
    assert_csv("a\"b", 3, "\"a\"\"b\"\r\n");
    assert_csv("a\nb", 3, "\"a\nb\"\r\n");
    assert_csv(" a", 2, "\" a\"\r\n");
}

static void csv_has_no_formulas(void **state)
{
    (void)state;
    assert_csv("=1+1", 4, "'=1+1\r\n");
    assert_csv("+1", 2, "'+1\r\n");
    assert_csv("-1", 2, "'-1\r\n");
    assert_csv("@SUM(A1)", 8, "'@SUM(A1)\r\n");
    assert_csv("\t=1", 3, "'\t=1\r\n");
    assert_csv("=HYPERLINK(\"x\")", 15, "\"'=HYPERLINK(\"\"x\"\")\"\r\n");
}

static void csv_is_utf8(void **state)
{
    (void)state;
    assert_csv("\xff\0x", 3, "\uFFFD\uFFFDx\r\n");
}

static void rows_have_separators(void **state)
{
    (void)state;
    struct row row;
    open_row(&row, OUT_FIELDS_CSV);
    out_fieldw_u64(&row.writer, UINT64_MAX);
    out_fieldw_unset(&row.writer);
    out_fieldw_i64(&row.writer, -5);
    out_fieldw_seconds(&row.writer, 1250000000, 9);
    out_fieldw_seconds(&row.writer, -1, 9);
    out_fieldw_seconds(&row.writer, 1999999999, 6);
    assert_row(&row, "18446744073709551615,,-5,1.250000000,-0.000000001,1.999999\r\n");
}

static void zeek_escapes_bytes(void **state)
{
    (void)state;
    struct row row;
    open_row(&row, OUT_FIELDS_ZEEK);
    out_fieldw_string(&row.writer, "a\tb\\\xff");
    out_fieldw_string(&row.writer, "");
    out_fieldw_string(&row.writer, "-");
    out_fieldw_unset(&row.writer);
    assert_row(&row, "a\\x09b\\x5c\\xff\t(empty)\t\\x2d\t-\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(xml_escapes_markup),
        cmocka_unit_test(xml_has_no_forbidden_characters),
        cmocka_unit_test(xml_keeps_the_direction_of_writing),
        cmocka_unit_test(csv_quotes_what_needs_it),
        cmocka_unit_test(csv_has_no_formulas),
        cmocka_unit_test(csv_is_utf8),
        cmocka_unit_test(rows_have_separators),
        cmocka_unit_test(zeek_escapes_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
