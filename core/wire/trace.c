#include "wire/trace.h"

#include "wire/message.h"

/* Takes a number of `digits` hexadecimal digits off the text, and the dash before it unless it is
 * the first. `zero` becomes whether the number is 0. */
static bool take_number(struct pyro_slice *text, bool first, size_t digits, bool *zero)
{
    struct pyro_slice dash, number;
    if (!first && (!pyro_slice_take(text, 1, &dash) || dash.data[0] != '-'))
        return false;
    if (!pyro_slice_take(text, digits, &number))
        return false;
    *zero = true;
    for (size_t i = 0; i < digits; i++) {
        char c = number.data[i];
        if ((c < '0' || c > '9') && (c < 'a' || c > 'f'))
            return false;
        *zero &= c == '0';
    }
    return true;
}

bool pyro_traceparent_is(struct pyro_slice text)
{
    bool no_trace, no_parent, zero;
    if (pyro_slice_starts_with(text, pyro_slice_text("ff")))
        return false;
    return take_number(&text, true, 2, &zero) && take_number(&text, false, 32, &no_trace) &&
           take_number(&text, false, 16, &no_parent) && take_number(&text, false, 2, &zero) &&
           text.length == 0 && !no_trace && !no_parent;
}

struct pyro_slice pyro_message_traceparent(const struct pyro_message *message)
{
    struct pyro_slice found = pyro_slice("", 0);
    if (message->annotations.length > 0 &&
        pyro_message_annotation(message, PYRO_TRACE_ANNOTATION, &found) &&
        !pyro_traceparent_is(found))
        found = pyro_slice("", 0);
    return found;
}
