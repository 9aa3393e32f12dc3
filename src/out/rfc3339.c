/* Points in time as text: RFC 3339, UTC, nanoseconds. */
#include "config.h"

#include "out/rfc3339.h"

#include <string.h>

#include "base/digits.h"

#define NS_PER_SECOND 1000000000
#define SECONDS_PER_DAY 86400
#define DAYS_PER_400_YEARS 146097
/* Days from 0000-03-01, where a 400-year cycle begins with the leap day at the end of each year, to
 * 1970-01-01. */
#define EPOCH_FROM_CYCLE 719468

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

static void put_digits(char *at, unsigned count, int64_t value)
{
    while (count-- > 0) {
        at[count] = (char)('0' + value % 10);
        value /= 10;
    }
}

/* Writes YYYY-MM-DD in the proleptic Gregorian calendar. Years are counted from March, so that
 * the leap day is a year's last and months follow a pattern of 153 days in five. */
static void put_date(char *at, int64_t day)
{
    int64_t shifted = day + EPOCH_FROM_CYCLE;
    int64_t cycle = floor_div(shifted, DAYS_PER_400_YEARS);
    int64_t day_of_cycle = shifted - cycle * DAYS_PER_400_YEARS;
    int64_t year_of_cycle =
        (day_of_cycle - day_of_cycle / 1460 + day_of_cycle / 36524 - day_of_cycle / 146096) / 365;
    int64_t day_of_year =
        day_of_cycle - (365 * year_of_cycle + year_of_cycle / 4 - year_of_cycle / 100);
    int64_t month_from_march = (5 * day_of_year + 2) / 153;
    int64_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
    put_digits(at, 4, cycle * 400 + year_of_cycle + (month <= 2));
    at[4] = '-';
    put_digits(at + 5, 2, month);
    at[7] = '-';
    put_digits(at + 8, 2, day_of_year - (153 * month_from_march + 2) / 5 + 1);
}

static void put_second(struct out_rfc3339 *clock, int64_t second)
{
    int64_t day = floor_div(second, SECONDS_PER_DAY);
    if (!clock->valid || day != clock->day)
        put_date(clock->text, day);
    int64_t rest = second - day * SECONDS_PER_DAY;
    clock->text[10] = 'T';
    put_digits(clock->text + 11, 2, rest / 3600);
    clock->text[13] = ':';
    put_digits(clock->text + 14, 2, rest / 60 % 60);
    clock->text[16] = ':';
    put_digits(clock->text + 17, 2, rest % 60);
    clock->text[19] = '.';
    clock->text[29] = 'Z';
    clock->text[30] = '\0';
    clock->day = day;
    clock->second = second;
    clock->valid = true;
}

const char *out_rfc3339_text(struct out_rfc3339 *clock, int64_t time_ns)
{
    int64_t second = floor_div(time_ns, NS_PER_SECOND);
    if (!clock->valid || second != clock->second)
        put_second(clock, second);
    base_put_nine(clock->text + 20, (uint32_t)(time_ns - second * NS_PER_SECOND));
    return clock->text;
}
