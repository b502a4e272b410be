#include "codec/marshal.h"

#include "value/utf8.h"

/* Marshal's type codes for texts, and the flag that marks a value as worth remembering. */
enum {
    UNICODE = 'u',
    INTERNED = 't',
    ASCII = 'a',
    ASCII_INTERNED = 'A',
    SHORT = 'z',
    SHORT_INTERNED = 'Z',
    REMEMBERED = 0x80
};

bool pyro_marshal_write_text(struct pyro_buffer *out, struct pyro_slice text)
{
    unsigned char head[5] = {UNICODE};
    for (size_t i = 0; i < 4; i++)
        head[i + 1] = (unsigned char)(text.length >> (8 * i));
    return text.length <= INT32_MAX && pyro_buffer_append(out, head, sizeof(head)) &&
           pyro_buffer_append(out, text.data, text.length);
}

bool pyro_marshal_read_text(struct pyro_slice in, struct pyro_slice *text)
{
    struct pyro_slice code, size;
    size_t length = 0;
    if (!pyro_slice_take(&in, 1, &code))
        return false;
    int type = (unsigned char)code.data[0] & ~REMEMBERED;
    bool brief = type == SHORT || type == SHORT_INTERNED;
    if (!brief && type != UNICODE && type != INTERNED && type != ASCII && type != ASCII_INTERNED)
        return false;
    if (!pyro_slice_take(&in, brief ? 1 : 4, &size))
        return false;
    for (size_t i = size.length; i > 0; i--)
        length = length << 8 | (unsigned char)size.data[i - 1];
    return pyro_slice_take(&in, length, text) && in.length == 0 && pyro_utf8_valid(*text);
}
