#include "bind/value/lbuilder_keys.h"

#include "base/clock.h"
#include "bind/base/lkeys.h"

static enum pyro_code refuse_keys(struct lbuilder *b)
{
    return pyro_error_set(b->sink.err, PYRO_ESERIALIZE, "dicts whose keys collide take too long");
}

enum pyro_code lbuilder_check_growth(struct lbuilder *b, lua_Integer pairs)
{
    bool grows = (pairs & (pairs - 1)) == 0;
    return grows && lkeys_will_collide(b->L, lua_gettop(b->L), 2 * pairs) ? refuse_keys(b)
                                                                          : PYRO_OK;
}

enum pyro_code lbuilder_check_pace(struct lbuilder *b)
{
    const unsigned keys_a_look = 1024;
    const double patience = 1, seconds_a_key = 5e-6;
    if (b->number_keys++ % keys_a_look != 0)
        return PYRO_OK;
    double now = pyro_cpu_seconds();
    if (b->number_keys == 1)
        b->started = now;
    return now - b->started <= patience + seconds_a_key * b->number_keys ? PYRO_OK : refuse_keys(b);
}
