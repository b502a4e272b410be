#include "embed/object.h"

#include "base/assert.h"
#include "base/memory.h"
#include "rpc/metadata.h"
#include "value/utf8.h"

/* --- classes --- */

static const char *text_fault(const char *text)
{
    if (!text)
        return NULL;
    if (!pyro_utf8_valid(pyro_slice_text(text)))
        return "the text of a member or class is no UTF-8";
    if (strlen(text) > PYRO_LONGEST_TEXT)
        return "the text of a member or class has more than 4096 bytes";
    return NULL;
}

static const char *member_fault(const pyrolua_member *member)
{
    if (!pyro_utf8_valid(pyro_slice_text(member->name)))
        return "the name of a member is no UTF-8";
    if (!member->call && !member->get && !member->set)
        return "a member is neither a method nor an attribute";
    if (member->call && (member->get || member->set))
        return "a member is a method and an attribute at once";
    return text_fault(member->text);
}

const char *object_class_fault(const pyrolua_class *kind)
{
    if (!kind || !kind->members)
        return "a class has members, which may not be NULL";
    const char *fault = text_fault(kind->text);
    for (const pyrolua_member *member = kind->members; member->name && !fault; member++)
        fault = member_fault(member);
    return fault;
}

/* --- lives of objects --- */

/* Class of an object that is the program's again. */
static const pyrolua_class nothing = {.members = &(pyrolua_member){.name = NULL}};

struct object *object_new(pyrolua_runtime *runtime, const struct pyro_object_ops *ops,
                          const pyrolua_class *kind, void *self)
{
    struct object *object = pyro_calloc(1, sizeof(*object));
    if (!object)
        return NULL;
    *object = (struct object){
        .object = {ops}, .runtime = runtime, .kind = kind, .self = self, .refcount = 1};
    pyro_list_init(&object->node);
    return object;
}

void object_let_go(struct object *object)
{
    const pyrolua_class *kind = object->kind;
    object->kind = &nothing;
    if (kind->release)
        kind->release(object->self);
}

void object_retain(struct object *object)
{
    PYRO_ASSERT(object->refcount > 0);
    object->refcount++;
}

void object_release(struct object *object)
{
    PYRO_ASSERT(object->refcount > 0);
    if (--object->refcount > 0)
        return;
    object_let_go(object);
    PYRO_ASSERT(object->refcount == 0); /* nobody can find the object while it is let go */
    pyro_list_remove(&object->node);
    pyro_buffer_free(&object->uri);
    pyro_free(object);
}

void object_disown(struct object *object)
{
    object->kind = &nothing;
}

void object_give_back(struct object *object)
{
    PYRO_ASSERT(object->refcount == 1);
    object_disown(object);
    object_release(object);
}

void object_on_release(struct pyro_object *self)
{
    object_release(object_of(self));
}

/* --- members --- */

const pyrolua_member *object_find_member(const struct object *object, struct pyro_slice name)
{
    for (const pyrolua_member *member = object->kind->members; member->name; member++)
        if (pyro_slice_equals(name, member->name))
            return member;
    return NULL;
}

bool object_has_attribute(const struct pyro_object *self, struct pyro_slice name)
{
    const pyrolua_member *member = object_find_member(object_of(self), name);
    return member && !member->call;
}

static bool is_listed(const pyrolua_member *member, enum pyro_metadata_entry list)
{
    if (list == PYRO_METADATA_METHODS)
        return member->call != NULL;
    return list == PYRO_METADATA_ONEWAY ? member->call && member->oneway : !member->call;
}

static enum pyro_code put_names(const struct object *object, enum pyro_metadata_entry list,
                                struct pyro_sink *to)
{
    size_t count = 0;
    for (const pyrolua_member *member = object->kind->members; member->name; member++)
        count += is_listed(member, list);
    enum pyro_code code = pyro_begin(to, PYRO_LIST, count);
    for (const pyrolua_member *member = object->kind->members; member->name && code == PYRO_OK;
         member++)
        if (is_listed(member, list))
            code = pyro_put_text(to, member->name);
    return code == PYRO_OK ? pyro_end(to, PYRO_LIST) : code;
}

static enum pyro_code put_text(const char *name, const char *text, struct pyro_sink *to)
{
    enum pyro_code code = text ? pyro_put_text(to, name) : PYRO_OK;
    return text && code == PYRO_OK ? pyro_put_text(to, text) : code;
}

static enum pyro_code put_texts(const struct object *object, struct pyro_sink *to)
{
    const pyrolua_class *kind = object->kind;
    size_t count = kind->text != NULL;
    for (const pyrolua_member *member = kind->members; member->name; member++)
        count += member->text != NULL;
    enum pyro_code code = pyro_begin(to, PYRO_DICT, count);
    if (code == PYRO_OK)
        code = put_text("", kind->text, to);
    for (const pyrolua_member *member = kind->members; member->name && code == PYRO_OK; member++)
        code = put_text(member->name, member->text, to);
    return code == PYRO_OK ? pyro_end(to, PYRO_DICT) : code;
}

static enum pyro_code put_parameters_of(const pyrolua_member *member, struct pyro_sink *to)
{
    size_t count = 0;
    while (member->parameters[count])
        count++;
    enum pyro_code code = pyro_put_text(to, member->name);
    if (code == PYRO_OK)
        code = pyro_begin(to, PYRO_LIST, count);
    for (size_t i = 0; i < count && code == PYRO_OK; i++)
        code = pyro_put_text(to, member->parameters[i]);
    return code == PYRO_OK ? pyro_end(to, PYRO_LIST) : code;
}

static enum pyro_code put_parameters(const struct object *object, struct pyro_sink *to)
{
    size_t count = 0;
    for (const pyrolua_member *member = object->kind->members; member->name; member++)
        count += member->parameters != NULL;
    enum pyro_code code = pyro_begin(to, PYRO_DICT, count);
    for (const pyrolua_member *member = object->kind->members; member->name && code == PYRO_OK;
         member++)
        if (member->parameters)
            code = put_parameters_of(member, to);
    return code == PYRO_OK ? pyro_end(to, PYRO_DICT) : code;
}

static enum pyro_code object_put_entry(void *context, enum pyro_metadata_entry entry,
                                       struct pyro_sink *to)
{
    if (entry == PYRO_METADATA_TEXTS)
        return put_texts(context, to);
    return entry == PYRO_METADATA_PARAMETERS ? put_parameters(context, to)
                                             : put_names(context, entry, to);
}

enum pyro_code object_describe(struct pyro_object *self, struct pyro_sink *to)
{
    return pyro_put_metadata(to, PYRO_METADATA_LISTS, object_put_entry, object_of(self));
}

enum pyro_code object_document(struct pyro_object *self, struct pyro_sink *to)
{
    return pyro_put_metadata(to, PYRO_METADATA_ALL, object_put_entry, object_of(self));
}
