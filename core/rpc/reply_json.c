#include "rpc/reply_json.h"

#include <stdio.h>

#include "codec/json_forms_put.h"

static enum pyro_code write_value(const struct pyro_value *value, bool kept,
                                  struct pyro_buffer *out, struct pyro_error *err)
{
    struct pyro_writer writer;
    pyro_codec_json.open(&writer, out, err);
    return pyro_json_forms_put(value, kept, &writer.sink);
}

static void take_class(const struct pyro_value *exception, char out[PYRO_CLASS_SIZE])
{
    const struct pyro_value *name = pyro_value_get(exception, "__class__");
    if (name && name->type == PYRO_STR)
        snprintf(out, PYRO_CLASS_SIZE, "%s", pyro_error_short_name(name->u.text.data));
}

enum pyro_code pyro_reply_write_json(struct pyro_call *call, bool kept, struct pyro_buffer *out,
                                     char class_name[PYRO_CLASS_SIZE], struct pyro_error *err)
{
    struct pyro_tree tree;
    bool raised = pyro_call_raised(call);
    class_name[0] = '\0';
    pyro_tree_init(&tree, err);
    enum pyro_code code = pyro_call_read(call, &tree.sink, err);
    if (code == PYRO_OK && raised)
        take_class(pyro_value_at(&tree.root, 0), class_name);
    if (code == PYRO_OK)
        code = write_value(pyro_value_at(&tree.root, 0), kept && !raised, out, err);
    pyro_tree_free(&tree);
    return code;
}
