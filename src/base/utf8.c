/* UTF-8 in and out, RFC 3629. */
#include "config.h"

#include "base/utf8.h"

/* How many continuation bytes follow a lead byte and which range the first of them may have (RFC
 * 3629 section 4): the odd ranges keep out overlong forms, surrogates and what lies beyond
 * U+10FFFF. */
struct lead {
    unsigned more;
    unsigned char low, high;
};

static struct lead lead_of(unsigned char byte)
{
    if (byte >= 0xc2 && byte <= 0xdf)
        return (struct lead){1, 0x80, 0xbf};
    if (byte == 0xe0)
        return (struct lead){2, 0xa0, 0xbf};
    if (byte == 0xed)
        return (struct lead){2, 0x80, 0x9f};
    if (byte >= 0xe1 && byte <= 0xef)
        return (struct lead){2, 0x80, 0xbf};
    if (byte == 0xf0)
        return (struct lead){3, 0x90, 0xbf};
    if (byte >= 0xf1 && byte <= 0xf3)
        return (struct lead){3, 0x80, 0xbf};
    if (byte == 0xf4)
        return (struct lead){3, 0x80, 0x8f};
    return (struct lead){0, 0, 0};
}

uint32_t base_utf8_decode(const char *bytes, size_t length, size_t *used)
{
    unsigned char first = (unsigned char)bytes[0];
    *used = 1;
    if (first < 0x80)
        return first;
    struct lead lead = lead_of(first);
    if (lead.more == 0)
        return BASE_UTF8_REPLACEMENT;
    uint32_t code_point = first & (0x3fu >> lead.more);
    for (unsigned i = 1; i <= lead.more; i++) {
        if (i >= length)
            return BASE_UTF8_REPLACEMENT;
        unsigned char byte = (unsigned char)bytes[i];
        if (byte < lead.low || byte > lead.high)
            return BASE_UTF8_REPLACEMENT;
        lead.low = 0x80;
        lead.high = 0xbf;
        code_point = code_point << 6 | (byte & 0x3fu);
        *used = i + 1;
    }
    return code_point;
}

size_t base_utf8_encode(uint32_t code_point, char out[BASE_UTF8_MAX])
{
    if ((code_point >= 0xd800 && code_point <= 0xdfff) || code_point > 0x10ffff)
        code_point = BASE_UTF8_REPLACEMENT;
    if (code_point < 0x80) {
        out[0] = (char)code_point;
        return 1;
    }
    size_t length = code_point < 0x800 ? 2 : code_point < 0x10000 ? 3 : 4;
    for (size_t i = length - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (code_point & 0x3f));
        code_point >>= 6;
    }
    static const unsigned char marks[] = {0, 0, 0xc0, 0xe0, 0xf0};
    out[0] = (char)(marks[length] | code_point);
    return length;
}

bool base_utf8_is_seen(uint32_t code_point)
{
    static const struct {
        uint32_t first, last;
    } unseen[] = {
        {0, 0x1f},
        {0x7f, 0x9f},
        {0x61c, 0x61c},
        {0x200e, 0x200f},
        {0x2028, 0x202e},
        {0x2066, 0x2069},
        {0xd800, 0xdfff},
        {0xfdd0, 0xfdef},
        {0xfeff, 0xfeff},
        {0xfff9, 0xfffb},
        {0xfffe, 0xffff},
        {0xe0000, 0xe007f},
        {0x110000, UINT32_MAX},
    };
    for (size_t i = 0; i < sizeof unseen / sizeof unseen[0]; i++)
        if (code_point >= unseen[i].first && code_point <= unseen[i].last)
            return false;
    return true;
}

void base_utf8_add_seen(struct base_strbuf *out, const char *text, size_t length)
{
    size_t used;
    for (size_t at = 0; at < length; at += used) {
        uint32_t c = base_utf8_decode(text + at, length - at, &used);
        if (c != BASE_UTF8_REPLACEMENT && base_utf8_is_seen(c))
            base_strbuf_add(out, text + at, used);
        else
            base_strbuf_char(out, '?');
    }
}
