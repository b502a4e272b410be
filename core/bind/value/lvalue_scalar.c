#include "bind/value/lvalue_scalar.h"

#include <string.h>

#include "bind/value/lfields.h"
#include "value/integer.h"
#include "value/moment.h"

enum pyro_code lvalue_refuse(struct pyro_sink *to, const char *what)
{
    return pyro_error_set(to->err, PYRO_ESERIALIZE, "%s cannot travel", what);
}

static enum pyro_code write_bytes(lua_State *L, int table, struct pyro_sink *to)
{
    struct pyro_slice data;
    lua_rawgeti(L, table, 1);
    data.data = lua_type(L, -1) == LUA_TSTRING ? lua_tolstring(L, -1, &data.length) : NULL;
    lua_pop(L, 1); /* the table keeps it alive */
    return data.data ? to->ops->bytes(to, data) : lvalue_refuse(to, "pyro.bytes of no string");
}

static enum pyro_code write_bigint(lua_State *L, int table, struct pyro_sink *to)
{
    struct pyro_slice digits = {.data = NULL};
    if (lvalue_get_field(L, table, LVALUE_DIGITS) == LUA_TSTRING)
        digits.data = lua_tolstring(L, -1, &digits.length);
    lua_pop(L, 1);
    size_t sign = digits.length > 0 && digits.data[0] == '-';
    size_t count = digits.length - sign;
    if (count == 0 || digits.data[sign] == '0' || strspn(digits.data + sign, "0123456789") != count)
        return lvalue_refuse(to, "a bigint without digits");
    return pyro_put_digits(to, digits);
}

/* Reads the number in a field; false where there is none. */
static bool field_number(lua_State *L, int table, enum lvalue_field field, double *out)
{
    int number;
    lvalue_get_field(L, table, field);
    *out = lua_tonumberx(L, -1, &number);
    lua_pop(L, 1);
    return number;
}

static enum pyro_code write_complex(lua_State *L, int table, struct pyro_sink *to)
{
    double real, imaginary;
    if (!field_number(L, table, LVALUE_REAL, &real) ||
        !field_number(L, table, LVALUE_IMAGINARY, &imaginary))
        return lvalue_refuse(to, "a complex without its parts");
    return to->ops->complex(to, real, imaginary);
}

static enum pyro_code write_datetime(lua_State *L, int table, struct pyro_sink *to)
{
    double seconds;
    char text[PYRO_MOMENT_SIZE];
    if (!field_number(L, table, LVALUE_SECONDS, &seconds) || pyro_datetime_text(seconds, text) == 0)
        return lvalue_refuse(to, "a datetime that Python has not");
    return to->ops->datetime(to, seconds);
}

static enum pyro_code write_date(lua_State *L, int table, struct pyro_sink *to)
{
    int number;
    char text[PYRO_MOMENT_SIZE];
    lvalue_get_field(L, table, LVALUE_ORDINAL);
    lua_Integer ordinal = lua_tointegerx(L, -1, &number);
    lua_pop(L, 1);
    if (!number || pyro_date_text(ordinal, text) == 0)
        return lvalue_refuse(to, "a date that Python has not");
    return to->ops->date(to, ordinal);
}

enum pyro_code lvalue_write_scalar(lua_State *L, int table, enum ltype type, struct pyro_sink *to)
{
    switch (type) {
    case LTYPE_BYTES:
        return write_bytes(L, table, to);
    case LTYPE_BIGINT:
        return write_bigint(L, table, to);
    case LTYPE_COMPLEX:
        return write_complex(L, table, to);
    case LTYPE_DATETIME:
        return write_datetime(L, table, to);
    default:
        return write_date(L, table, to);
    }
}
