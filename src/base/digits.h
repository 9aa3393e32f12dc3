/* Decimal digits, two at a time. */
#ifndef TCPVIZ_BASE_DIGITS_H
#define TCPVIZ_BASE_DIGITS_H

#include <stdint.h>
#include <string.h>

/* value < 100. */
static inline void base_put_pair(char *at, unsigned value)
{
    static const char pairs[] = "00010203040506070809101112131415161718192021222324"
                                "25262728293031323334353637383940414243444546474849"
                                "50515253545556575859606162636465666768697071727374"
                                "75767778798081828384858687888990919293949596979899";
    memcpy(at, pairs + (size_t)value * 2, 2);
}

/* Writes the digits so that they end before end, at most 20; returns where they begin. */
static inline char *base_put_digits(char *end, uint64_t value)
{
    while (value >= 100) {
        base_put_pair(end -= 2, (unsigned)(value % 100));
        value /= 100;
    }
    if (value >= 10)
        base_put_pair(end -= 2, (unsigned)value);
    else
        *--end = (char)('0' + value);
    return end;
}

/* How many digits it has. */
static inline unsigned base_count_digits(uint64_t value)
{
    unsigned count = 1;
    for (; value >= 10000; value /= 10000)
        count += 4;
    return count + (value >= 10) + (value >= 100) + (value >= 1000);
}

/* Nine digits, with zeros in front: the fraction of a second. value < 10^9. */
static inline void base_put_nine(char *at, uint32_t value)
{
    uint32_t high = value / 10000, low = value % 10000;
    at[0] = (char)('0' + high / 10000);
    base_put_pair(at + 1, high % 10000 / 100);
    base_put_pair(at + 3, high % 100);
    base_put_pair(at + 5, low / 100);
    base_put_pair(at + 7, low % 100);
}

#endif
