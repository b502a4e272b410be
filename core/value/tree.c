/* Trees of values. A value waits on a stack until its container ends, then the container's values
 * move into the arena, which is freed as a whole. So memory grows with what comes, whatever was
 * announced. An open container is on the stack, too, below its values: its count is where the one
 * around it is. The sink never leaves by longjmp. */
#include "value/tree.h"

#include "base/assert.h"
#include "base/memory.h"

#define SMALLEST_BLOCK 1024
#define LARGEST_BLOCK (64 * 1024)

/* Memory that is freed as a whole. */
struct pyro_tree_block {
    struct pyro_tree_block *next;
    _Alignas(struct pyro_value) char data[];
};

static struct pyro_tree *tree_of(struct pyro_sink *sink)
{
    return PYRO_CONTAINER(sink, struct pyro_tree, sink);
}

/* Returns a block with room for `size` bytes at least; NULL with the error. */
static struct pyro_tree_block *new_block(struct pyro_tree *tree, size_t size)
{
    size_t room = size > tree->next_block ? size : tree->next_block;
    if (pyro_sink_spend(&tree->sink, sizeof(struct pyro_tree_block) + room) != PYRO_OK)
        return NULL;
    struct pyro_tree_block *block = pyro_malloc(sizeof(*block) + room);
    if (!block) {
        pyro_error_memory(tree->sink.err);
        return NULL;
    }
    tree->left = room;
    tree->memory += room;
    if (tree->next_block < LARGEST_BLOCK)
        tree->next_block *= 2;
    return block;
}

/* Returns memory of the arena; NULL with the error. */
static void *allocate(struct pyro_tree *tree, size_t size)
{
    size = (size + _Alignof(struct pyro_value) - 1) / _Alignof(struct pyro_value) *
           _Alignof(struct pyro_value);
    if (size > tree->left) {
        struct pyro_tree_block *block = new_block(tree, size);
        if (!block)
            return NULL;
        block->next = tree->blocks;
        tree->blocks = block;
        tree->free = block->data;
    }
    void *memory = tree->free;
    tree->free += size;
    tree->left -= size;
    return memory;
}

/* Makes room for more values on the stack; false with the error. */
static bool grow(struct pyro_tree *tree)
{
    size_t capacity = tree->capacity ? tree->capacity * 2 : 16;
    struct pyro_value *values;
    if (pyro_sink_spend(&tree->sink, (capacity - tree->capacity) * sizeof(*values)) != PYRO_OK)
        return false;
    values = pyro_realloc(tree->root.u.of.items, capacity * sizeof(*values));
    if (!values) {
        pyro_error_memory(tree->sink.err);
        return false;
    }
    tree->root.u.of.items = values;
    tree->capacity = capacity;
    return true;
}

/* Counts what is at top level, once it is whole. */
static void count_whole(struct pyro_tree *tree)
{
    if (tree->depth == 0)
        tree->root.u.of.count = tree->count;
}

static enum pyro_code add(struct pyro_tree *tree, struct pyro_value value)
{
    if (tree->count == tree->capacity && !grow(tree))
        return tree->sink.err->code;
    tree->root.u.of.items[tree->count++] = value;
    count_whole(tree);
    return PYRO_OK;
}

static enum pyro_code add_text(struct pyro_tree *tree, enum pyro_type type, struct pyro_slice text)
{
    char *copy = allocate(tree, text.length + 1);
    if (!copy)
        return tree->sink.err->code;
    if (text.length > 0)
        memcpy(copy, text.data, text.length);
    copy[text.length] = '\0';
    return add(tree, (struct pyro_value){.type = type, .u.text = {copy, text.length}});
}

static enum pyro_code put_nil(struct pyro_sink *to)
{
    return add(tree_of(to), (struct pyro_value){.type = PYRO_NIL});
}

static enum pyro_code put_boolean(struct pyro_sink *to, bool value)
{
    return add(tree_of(to), (struct pyro_value){.type = PYRO_BOOL, .u.boolean = value});
}

static enum pyro_code put_integer(struct pyro_sink *to, int64_t value)
{
    return add(tree_of(to), (struct pyro_value){.type = PYRO_INT, .u.integer = value});
}

static enum pyro_code put_real(struct pyro_sink *to, double value)
{
    return add(tree_of(to), (struct pyro_value){.type = PYRO_REAL, .u.real = value});
}

static enum pyro_code put_str(struct pyro_sink *to, struct pyro_slice text)
{
    return add_text(tree_of(to), PYRO_STR, text);
}

static enum pyro_code put_bytes(struct pyro_sink *to, struct pyro_slice data)
{
    return add_text(tree_of(to), PYRO_BYTES, data);
}

static enum pyro_code put_array(struct pyro_sink *to, const struct pyro_array *array)
{
    struct pyro_tree *tree = tree_of(to);
    struct pyro_array *copy = allocate(tree, sizeof(*copy));
    char *data = copy ? allocate(tree, array->data.length + 1) : NULL;
    if (!data)
        return to->err->code;
    *copy = *array;
    copy->data.data = data;
    if (array->data.length > 0)
        memcpy(data, array->data.data, array->data.length);
    return add(tree, (struct pyro_value){.type = PYRO_ARRAY, .u.array = copy});
}

static enum pyro_code put_bigint(struct pyro_sink *to, struct pyro_slice digits)
{
    return add_text(tree_of(to), PYRO_BIGINT, digits);
}

static enum pyro_code put_complex(struct pyro_sink *to, double real, double imaginary)
{
    return add(tree_of(to),
               (struct pyro_value){.type = PYRO_COMPLEX, .u.complex = {real, imaginary}});
}

static enum pyro_code put_datetime(struct pyro_sink *to, double seconds)
{
    return add(tree_of(to), (struct pyro_value){.type = PYRO_DATETIME, .u.real = seconds});
}

static enum pyro_code put_date(struct pyro_sink *to, int64_t ordinal)
{
    return add(tree_of(to), (struct pyro_value){.type = PYRO_DATE, .u.integer = ordinal});
}

static enum pyro_code begin(struct pyro_sink *to, enum pyro_kind kind, size_t count)
{
    struct pyro_tree *tree = tree_of(to);
    size_t outer = tree->open;
    (void)count;
    if (tree->depth == PYRO_MAX_DEPTH)
        return pyro_error_set(to->err, PYRO_ESERIALIZE, "nested deeper than %d", PYRO_MAX_DEPTH);
    tree->open = tree->count;
    tree->depth++;
    return add(
        tree, (struct pyro_value){.type = PYRO_CONTAINER_VALUE, .kind = kind, .u.of.count = outer});
}

static enum pyro_code object(struct pyro_sink *to, const struct pyro_class *class, size_t count)
{
    struct pyro_tree *tree = tree_of(to);
    enum pyro_code code;
    if ((code = begin(to, PYRO_DICT, count + 1)) != PYRO_OK ||
        (code = pyro_put_text(to, "__class__")) != PYRO_OK ||
        (code = pyro_put_str(to, class->name)) != PYRO_OK)
        return code;
    tree->root.u.of.items[tree->open].object = true;
    tree->root.u.of.items[tree->open].exception = class->exception;
    return PYRO_OK;
}

static enum pyro_code end(struct pyro_sink *to, enum pyro_kind kind)
{
    struct pyro_tree *tree = tree_of(to);
    PYRO_ASSERT(tree->depth > 0 && tree->count > tree->open);
    struct pyro_value *value = &tree->root.u.of.items[tree->open], *items = NULL;
    size_t count = tree->count - tree->open - 1;
    if (count > 0) {
        items = allocate(tree, count * sizeof(*items));
        if (!items)
            return to->err->code;
        memcpy(items, value + 1, count * sizeof(*items));
    }
    tree->count -= count;
    tree->open = value->u.of.count;
    tree->depth--;
    value->kind = kind;
    value->u.of.items = items;
    value->u.of.count = count;
    count_whole(tree);
    return PYRO_OK;
}

static const struct pyro_sink_ops tree_ops = {
    .nil = put_nil,
    .boolean = put_boolean,
    .integer = put_integer,
    .bigint = put_bigint,
    .real = put_real,
    .complex = put_complex,
    .datetime = put_datetime,
    .date = put_date,
    .str = put_str,
    .bytes = put_bytes,
    .array = put_array,
    .begin = begin,
    .end = end,
    .object = object,
};

void pyro_tree_init(struct pyro_tree *tree, struct pyro_error *err)
{
    *tree = (struct pyro_tree){.sink = {.ops = &tree_ops, .err = err},
                               .root = {.type = PYRO_CONTAINER_VALUE, .kind = PYRO_LIST},
                               .next_block = SMALLEST_BLOCK};
}

size_t pyro_tree_memory(const struct pyro_tree *tree)
{
    return tree->memory + tree->capacity * sizeof(struct pyro_value);
}

void pyro_tree_free(struct pyro_tree *tree)
{
    pyro_free(tree->root.u.of.items);
    while (tree->blocks) {
        struct pyro_tree_block *block = tree->blocks;
        tree->blocks = block->next;
        pyro_free(block);
    }
    pyro_tree_init(tree, tree->sink.err);
}

const struct pyro_value *pyro_value_get(const struct pyro_value *dict, const char *key)
{
    if (!dict || dict->type != PYRO_CONTAINER_VALUE || dict->kind != PYRO_DICT)
        return NULL;
    for (size_t i = dict->u.of.count; i >= 2; i -= 2)
        if (pyro_value_is(&dict->u.of.items[i - 2], key))
            return &dict->u.of.items[i - 1];
    return NULL;
}

const struct pyro_value *pyro_value_at(const struct pyro_value *list, size_t i)
{
    if (!list || list->type != PYRO_CONTAINER_VALUE || list->kind == PYRO_DICT ||
        i >= list->u.of.count)
        return NULL;
    return &list->u.of.items[i];
}

bool pyro_value_is(const struct pyro_value *value, const char *text)
{
    return value && value->type == PYRO_STR && pyro_slice_equals(value->u.text, text);
}

const char *pyro_value_type_name(const struct pyro_value *value)
{
    static const char *const names[] = {
        [PYRO_NIL] = "NoneType",      [PYRO_BOOL] = "bool",  [PYRO_INT] = "int",
        [PYRO_REAL] = "float",        [PYRO_STR] = "str",    [PYRO_BYTES] = "bytes",
        [PYRO_ARRAY] = "ndarray",     [PYRO_BIGINT] = "int", [PYRO_COMPLEX] = "complex",
        [PYRO_DATETIME] = "datetime", [PYRO_DATE] = "date"};
    static const char *const kinds[] = {[PYRO_LIST] = "list",
                                        [PYRO_TUPLE] = "tuple",
                                        [PYRO_SET] = "set",
                                        [PYRO_FROZENSET] = "frozenset",
                                        [PYRO_DICT] = "dict"};
    return value->type == PYRO_CONTAINER_VALUE ? kinds[value->kind] : names[value->type];
}

static enum pyro_code begin_put(const struct pyro_value *value, struct pyro_sink *to)
{
    size_t count = value->kind == PYRO_DICT ? value->u.of.count / 2 : value->u.of.count;
    if (!value->object)
        return pyro_begin(to, value->kind, count);
    struct pyro_class class = {.name = value->u.of.items[1].u.text, .exception = value->exception};
    return pyro_begin_object(to, &class, count - 1);
}

static enum pyro_code put_container(const struct pyro_value *value, struct pyro_sink *to)
{
    enum pyro_code code = begin_put(value, to);
    for (size_t i = value->object ? 2 : 0; i < value->u.of.count && code == PYRO_OK; i++)
        code = pyro_value_put(&value->u.of.items[i], to);
    return code == PYRO_OK ? pyro_end(to, value->kind) : code;
}

enum pyro_code pyro_value_put(const struct pyro_value *value, struct pyro_sink *to)
{
    switch (value->type) {
    case PYRO_NIL:
        return pyro_put_nil(to);
    case PYRO_BOOL:
        return pyro_put_bool(to, value->u.boolean);
    case PYRO_INT:
        return pyro_put_int(to, value->u.integer);
    case PYRO_REAL:
        return pyro_put_real(to, value->u.real);
    case PYRO_STR:
        return pyro_put_str(to, value->u.text);
    case PYRO_BIGINT:
        return to->ops->bigint(to, value->u.text);
    case PYRO_COMPLEX:
        return to->ops->complex(to, value->u.complex.real, value->u.complex.imaginary);
    case PYRO_DATETIME:
        return to->ops->datetime(to, value->u.real);
    case PYRO_DATE:
        return to->ops->date(to, value->u.integer);
    case PYRO_BYTES:
        return to->ops->bytes(to, value->u.text);
    case PYRO_ARRAY:
        return to->ops->array(to, value->u.array);
    case PYRO_CONTAINER_VALUE:
        break;
    }
    return put_container(value, to);
}
