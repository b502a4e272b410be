#include "rpc/metadata.h"

const char *const pyro_metadata_keys[PYRO_METADATA_ALL] = {"methods", "oneway", "attrs", "docs",
                                                           "parameters"};

enum pyro_code pyro_put_metadata(struct pyro_sink *to, int entries, pyro_put_entry_fn *put_entry,
                                 void *context)
{
    enum pyro_code code = pyro_begin(to, PYRO_DICT, (size_t)entries);
    for (int i = 0; i < entries && code == PYRO_OK; i++)
        if ((code = pyro_put_text(to, pyro_metadata_keys[i])) == PYRO_OK)
            code = put_entry(context, (enum pyro_metadata_entry)i, to);
    return code == PYRO_OK ? pyro_end(to, PYRO_DICT) : code;
}

struct methods {
    size_t count;
    const char *(*name)(size_t at);
};

static enum pyro_code put_names(void *context, enum pyro_metadata_entry list, struct pyro_sink *to)
{
    const struct methods *methods = context;
    size_t count = list == PYRO_METADATA_METHODS ? methods->count : 0;
    enum pyro_code code = pyro_begin(to, PYRO_LIST, count);
    for (size_t i = 0; i < count && code == PYRO_OK; i++)
        code = pyro_put_text(to, methods->name(i));
    return code == PYRO_OK ? pyro_end(to, PYRO_LIST) : code;
}

enum pyro_code pyro_put_methods(struct pyro_sink *to, size_t count, const char *(*name)(size_t at))
{
    struct methods methods = {count, name};
    return pyro_put_metadata(to, PYRO_METADATA_LISTS, put_names, &methods);
}
