/* Numbers as people read them. */
#include "config.h"

#include "view/words.h"

#include <stddef.h>

#include "base/intl.h"

#define NS_PER_US 1000u
#define NS_PER_MS 1000000u
#define NS_PER_SECOND 1000000000u

/* value / unit with three significant digits: 1.70, 12.3, 456. Cut, not rounded: 999.9 stays 999.
 */
static void add_scaled(struct base_strbuf *out, uint64_t value, uint64_t unit)
{
    uint64_t whole = value / unit;
    base_strbuf_u64(out, whole);
    unsigned decimals = whole < 10 ? 2 : whole < 100 ? 1 : 0;
    if (decimals == 0)
        return;
    base_strbuf_char(out, '.');
    for (uint64_t rest = value % unit, place = unit / 10; decimals > 0; decimals--, place /= 10)
        base_strbuf_char(out, (char)('0' + (place > 0 ? rest / place % 10 : 0)));
}

void view_add_count(struct base_strbuf *out, uint64_t count)
{
    char text[27]; /* 20 digits, 6 commas */
    size_t at = sizeof text;
    unsigned digits = 0;
    do {
        if (digits > 0 && digits % 3 == 0)
            text[--at] = ',';
        text[--at] = (char)('0' + count % 10);
        count /= 10;
        digits++;
    } while (count > 0);
    base_strbuf_add(out, text + at, sizeof text - at);
}

void view_add_counted(struct base_strbuf *out, uint64_t count, const char *noun)
{
    view_add_count(out, count);
    base_strbuf_char(out, ' ');
    const char *word = _(noun);
    base_strbuf_str(out, word);
    if (count != 1 && word == noun) /* a language with a translation has no plural s */
        base_strbuf_char(out, 's');
}

/* From 10,000 on; false below. */
static bool add_big_bytes(struct base_strbuf *out, uint64_t bytes)
{
    static const char *const units[] = {"kB", "MB", "GB", "TB", "PB", "EB"};
    if (bytes < 10000)
        return false;
    uint64_t unit = 1000;
    size_t i = 0;
    while (i + 1 < sizeof units / sizeof units[0] && bytes / unit >= 1000) {
        unit *= 1000;
        i++;
    }
    add_scaled(out, bytes, unit);
    base_strbuf_char(out, ' ');
    base_strbuf_str(out, units[i]);
    return true;
}

void view_add_bytes(struct base_strbuf *out, uint64_t bytes)
{
    if (!add_big_bytes(out, bytes))
        view_add_counted(out, bytes, N_("byte"));
}

void view_add_bytes_short(struct base_strbuf *out, uint64_t bytes)
{
    if (add_big_bytes(out, bytes))
        return;
    view_add_count(out, bytes);
    base_strbuf_str(out, " B");
}

/* Two units of a long span, the smaller one only if it is not 0. */
static void add_pair(struct base_strbuf *out, uint64_t high, const char *high_unit, uint64_t low,
                     const char *low_unit)
{
    base_strbuf_u64(out, high);
    base_strbuf_str(out, high_unit);
    if (low > 0) {
        base_strbuf_char(out, ' ');
        base_strbuf_u64(out, low);
        base_strbuf_str(out, low_unit);
    }
}

/* "60 s" exactly, "1.000 s" and a little. */
static void add_seconds(struct base_strbuf *out, uint64_t span)
{
    base_strbuf_u64(out, span / NS_PER_SECOND);
    uint64_t ms = span / NS_PER_MS % 1000;
    if (span % NS_PER_SECOND > 0) {
        const char fraction[] = {'.', (char)('0' + ms / 100), (char)('0' + ms / 10 % 10),
                                 (char)('0' + ms % 10)};
        base_strbuf_add(out, fraction, sizeof fraction);
    }
    base_strbuf_str(out, " s");
}

void view_add_span(struct base_strbuf *out, int64_t span_ns, bool ascii)
{
    uint64_t span = span_ns < 0 ? 0 - (uint64_t)span_ns : (uint64_t)span_ns;
    uint64_t seconds = span / NS_PER_SECOND;
    if (span_ns < 0)
        base_strbuf_char(out, '-');
    if (span == 0) {
        base_strbuf_str(out, "0 s");
    } else if (span < NS_PER_US) {
        base_strbuf_u64(out, span);
        base_strbuf_str(out, " ns");
    } else if (span < NS_PER_MS) {
        add_scaled(out, span, NS_PER_US);
        base_strbuf_str(out, ascii ? " us" : " \xc2\xb5s");
    } else if (span < NS_PER_SECOND) {
        add_scaled(out, span, NS_PER_MS);
        base_strbuf_str(out, " ms");
    } else if (seconds < 120) {
        add_seconds(out, span);
    } else if (seconds < 3600) {
        add_pair(out, seconds / 60, " min", seconds % 60, " s");
    } else if (seconds < 86400) {
        add_pair(out, seconds / 3600, " h", seconds / 60 % 60, " min");
    } else {
        add_pair(out, seconds / 86400, " d", seconds / 3600 % 24, " h");
    }
}
