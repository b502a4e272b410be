/* Readers: what C programs read arguments and results with, value by value.
 *
 * A reader looks into a tree, in frames: one for each container that is open. The first error
 * stays: what is read after that is empty. Named arguments are found by name, in any order. No
 * callbacks. */
#include "embed/reader.h"

#include "base/assert.h"
#include "base/memory.h"
#include "codec/array.h"
#include "codec/codec.h"
#include "embed/exception.h"
#include "embed/runtime.h"
#include "rpc/uri_state.h"

/* Named arguments that a call may have. */
#define MOST_NAMED ((size_t)64)

void reader_init(pyrolua_reader *reader, pyrolua_runtime *runtime, const struct pyro_value *items,
                 size_t count)
{
    reader->runtime = runtime;
    pyro_error_clear(&reader->err);
    reader->named = reader->key = NULL;
    reader->named_read = 0;
    reader->batch = false;
    reader->kept = NULL;
    reader->taken = 0;
    reader->depth = 0;
    reader->frames = reader->first;
    reader->capacity = PYRO_COUNT(reader->first);
    reader->frames[0] = (struct reader_frame){.items = items, .count = count};
}

void reader_free(pyrolua_reader *reader)
{
    while (reader->kept) {
        struct reader_kept *kept = reader->kept;
        reader->kept = kept->next;
        pyro_buffer_free(&kept->bytes);
        pyro_free(kept);
    }
    if (reader->frames != reader->first)
        pyro_free(reader->frames);
}

static struct pyro_slice text_of(const struct pyro_value *value)
{
    return value && value->type == PYRO_STR ? value->u.text : pyro_slice("", 0);
}

/* --- what comes next --- */

static struct reader_frame *top(pyrolua_reader *reader)
{
    PYRO_ASSERT(reader->depth < reader->capacity);
    return &reader->frames[reader->depth];
}

static const struct pyro_value *peek(const pyrolua_reader *reader)
{
    if (!reader || reader->err.code != PYRO_OK)
        return NULL;
    if (reader->key)
        return reader->key;
    const struct reader_frame *frame = &reader->frames[reader->depth];
    return frame->at < frame->count ? &frame->items[frame->at] : NULL;
}

/* Returns whether it is the dict of an array's class, which has few keys. */
static bool is_array_class(const struct pyro_value *value)
{
    const size_t most_pairs = 8;
    return value->type == PYRO_CONTAINER_VALUE && value->u.of.count <= 2 * most_pairs &&
           pyro_value_is(pyro_value_get(value, "__class__"), PYRO_ARRAY_CLASS_NAME);
}

static int type_of(const struct pyro_value *value)
{
    static const int types[] = {[PYRO_NIL] = PYROLUA_NIL,       [PYRO_BOOL] = PYROLUA_BOOL,
                                [PYRO_INT] = PYROLUA_INT,       [PYRO_REAL] = PYROLUA_REAL,
                                [PYRO_STR] = PYROLUA_TEXT,      [PYRO_BYTES] = PYROLUA_BYTES,
                                [PYRO_ARRAY] = PYROLUA_ARRAY,   [PYRO_BIGINT] = PYROLUA_OTHER,
                                [PYRO_COMPLEX] = PYROLUA_OTHER, [PYRO_DATETIME] = PYROLUA_OTHER,
                                [PYRO_DATE] = PYROLUA_OTHER,    [PYRO_CONTAINER_VALUE] = 0};
    if (is_array_class(value))
        return PYROLUA_ARRAY;
    return value->type == PYRO_CONTAINER_VALUE ? PYROLUA_LIST + (int)value->kind
                                               : types[value->type];
}

int pyrolua_next(const pyrolua_reader *reader)
{
    const struct pyro_value *value = peek(reader);
    return value ? type_of(value) : PYROLUA_NOTHING;
}

static void refuse_at(pyrolua_reader *reader, size_t position, const char *wanted, const char *got)
{
    pyro_error_set(&reader->err, PYRO_ETYPE, "value %zu: %s expected, got %s", position, wanted,
                   got);
    embed_fail(reader->runtime, &reader->err);
}

/* Refuses the value that comes next. */
static void refuse(pyrolua_reader *reader, const char *wanted, const char *got)
{
    if (reader && reader->err.code == PYRO_OK)
        refuse_at(reader, top(reader)->at + 1, wanted, got);
}

/* Refuses the value that was read last. */
static void refuse_taken(pyrolua_reader *reader, const char *wanted, const char *got)
{
    if (reader->err.code == PYRO_OK)
        refuse_at(reader, reader->taken, wanted, got);
}

/* Returns whether a value is the wrapped exception of a call of a batch that failed. */
static bool is_failure(const pyrolua_reader *reader, const struct pyro_value *value)
{
    static const char wrapper[] = "._ExceptionWrapper";
    struct pyro_slice name = text_of(pyro_value_get(value, "__class__"));
    size_t length = sizeof(wrapper) - 1;
    return reader->batch && reader->depth == 0 && name.length > length &&
           memcmp(name.data + name.length - length, wrapper, length) == 0;
}

static void fail_with(pyrolua_reader *reader, const struct pyro_value *wrapper)
{
    struct pyro_report *report = &reader->runtime->report;
    exception_report(report, pyro_value_get(wrapper, "exception"));
    embed_reported(reader->runtime);
    pyro_error_set(&reader->err, PYRO_ERUNTIME, "%s", pyro_report_text(&report->message));
    pyro_error_raised(&reader->err, pyro_report_text(&report->class_name));
}

/* Takes the next value, which is read now; NULL where there is none. */
static const struct pyro_value *take(pyrolua_reader *reader, const char *wanted)
{
    const struct pyro_value *value = peek(reader);
    if (!value)
        refuse(reader, wanted, "nothing");
    else if (is_failure(reader, value))
        fail_with(reader, value);
    if (!reader || reader->err.code != PYRO_OK)
        return NULL;
    reader->taken = top(reader)->at + 1;
    if (!reader->key)
        top(reader)->at++;
    reader->key = NULL;
    return value;
}

static const struct pyro_value *take_type(pyrolua_reader *reader, enum pyro_type type,
                                          const char *wanted)
{
    const struct pyro_value *next = peek(reader);
    if (next && next->type != type && !is_failure(reader, next))
        refuse(reader, wanted, pyro_value_type_name(next));
    return take(reader, wanted);
}

/* --- values --- */

int pyrolua_read_bool(pyrolua_reader *reader)
{
    const struct pyro_value *value = take_type(reader, PYRO_BOOL, "bool");
    return value && value->u.boolean;
}

int64_t pyrolua_read_int(pyrolua_reader *reader)
{
    const struct pyro_value *value = take_type(reader, PYRO_INT, "int");
    return value ? value->u.integer : 0;
}

double pyrolua_read_real(pyrolua_reader *reader)
{
    const struct pyro_value *next = peek(reader);
    if (next && next->type == PYRO_INT)
        return (double)pyrolua_read_int(reader);
    const struct pyro_value *value = take_type(reader, PYRO_REAL, "float");
    return value ? value->u.real : 0;
}

/* Returns a string that ends at its first zero byte; NULL where more follows that. */
static const char *whole_text(pyrolua_reader *reader, struct pyro_slice text)
{
    if (!memchr(text.data, '\0', text.length))
        return text.data;
    refuse_taken(reader, "str without zero bytes", "one with");
    return NULL;
}

const char *pyrolua_read_text(pyrolua_reader *reader, size_t *length)
{
    const struct pyro_value *value = take_type(reader, PYRO_STR, "str");
    if (!length)
        return value ? whole_text(reader, value->u.text) : NULL;
    *length = value ? value->u.text.length : 0;
    return value ? value->u.text.data : NULL;
}

const void *pyrolua_read_bytes(pyrolua_reader *reader, size_t *length)
{
    if (!length) {
        refuse(reader, "where to write the length of bytes", "NULL");
        return NULL;
    }
    const struct pyro_value *value = take_type(reader, PYRO_BYTES, "bytes");
    *length = value ? value->u.text.length : 0;
    return value ? value->u.text.data : NULL;
}

static bool ends_with(struct pyro_slice text, const char *end)
{
    size_t length = strlen(end);
    return text.length >= length && memcmp(text.data + text.length - length, end, length) == 0;
}

/* Writes the URI that a dict of the class URI has. */
static bool put_uri(const struct pyro_value *state, struct pyro_buffer *out)
{
    struct pyro_uri uri;
    if (pyro_uri_state_read(state, &uri, NULL) != PYRO_OK)
        return false;
    bool good = pyro_uri_text(&uri, out) && pyro_buffer_append(out, "", 1);
    pyro_uri_free(&uri);
    return good;
}

/* Makes a buffer that stays as long as the reader; NULL: there is no memory. */
static struct pyro_buffer *keep(pyrolua_reader *reader)
{
    struct reader_kept *kept = pyro_calloc(1, sizeof(*kept));
    if (!kept)
        return NULL;
    kept->next = reader->kept;
    reader->kept = kept;
    return &kept->bytes;
}

static const char *keep_uri(pyrolua_reader *reader, const struct pyro_value *state)
{
    struct pyro_buffer *text = keep(reader);
    return text && put_uri(state, text) ? text->data : NULL;
}

const char *pyrolua_read_uri(pyrolua_reader *reader)
{
    const struct pyro_value *value = take(reader, "URI");
    if (!value || value->type == PYRO_STR)
        return value ? whole_text(reader, value->u.text) : NULL;
    struct pyro_slice name = text_of(pyro_value_get(value, "__class__"));
    const struct pyro_value *state = pyro_value_get(value, "state"),
                            *first = pyro_value_at(state, 0);
    if (ends_with(name, ".Proxy") && first && first->type == PYRO_STR)
        return whole_text(reader, first->u.text);
    const char *text = ends_with(name, ".URI") ? keep_uri(reader, state) : NULL;
    if (!text)
        refuse_taken(reader, "URI", pyro_value_type_name(value));
    return text;
}

/* Reads the data of an array's class, or what these are in base64. */
static enum pyro_code read_data(pyrolua_reader *reader, struct pyro_slice data,
                                struct pyro_array *array)
{
    size_t size;
    enum pyro_code code = pyro_array_size(array, &size, &reader->err);
    if (code == PYRO_OK && data.length > size) {
        struct pyro_buffer *decoded = keep(reader);
        char *out = decoded ? pyro_buffer_reserve(decoded, pyro_base64_room(data.length)) : NULL;
        if (!out)
            return pyro_error_memory(&reader->err);
        if (pyro_base64_decode(data, out, &decoded->length))
            data = pyro_slice(out, decoded->length);
    }
    array->data = data;
    return code == PYRO_OK ? pyro_array_check(array, &reader->err) : code;
}

static enum pyro_code read_shape(pyrolua_reader *reader, const struct pyro_value *shape,
                                 struct pyro_array *array)
{
    const struct pyro_value *length;
    array->dimensions = 0;
    for (size_t i = 0; (length = pyro_value_at(shape, i)) != NULL; i++) {
        if (length->type != PYRO_INT || length->u.integer < 0 || length->u.integer > PTRDIFF_MAX ||
            i == PYRO_ARRAY_DIMENSIONS)
            return pyro_error_set(&reader->err, PYRO_ESERIALIZE, "an array has no such shape");
        array->shape[array->dimensions++] = (size_t)length->u.integer;
    }
    return PYRO_OK;
}

/* Reads the dict of an array's class. */
static enum pyro_code read_class(pyrolua_reader *reader, const struct pyro_value *dict,
                                 struct pyro_array *array)
{
    const struct pyro_value *data = pyro_value_get(dict, "data");
    struct pyro_slice dtype = text_of(pyro_value_get(dict, "dtype"));
    enum pyro_code code = pyro_dtype_read(dtype, &array->dtype, &reader->err);
    *array = (struct pyro_array){.dtype = array->dtype, .form = PYRO_ARRAY_CLASS};
    if (code == PYRO_OK)
        code = read_shape(reader, pyro_value_get(dict, "shape"), array);
    if (code != PYRO_OK)
        return code;
    if (!data || (data->type != PYRO_STR && data->type != PYRO_BYTES))
        return pyro_error_set(&reader->err, PYRO_ESERIALIZE, "an array has no data");
    return read_data(reader, data->u.text, array);
}

static void show_array(const struct pyro_array *array, pyrolua_array *out)
{
    out->dtype = array->dtype.text;
    out->fortran = array->fortran;
    out->form = (int)array->form;
    out->dimensions = array->dimensions;
    memcpy(out->shape, array->shape, array->dimensions * sizeof(array->shape[0]));
    out->data = array->data.data;
    out->length = array->data.length;
}

/* Makes the array that a dict of its class is, which stays as long as the reader; NULL with the
 * error. */
static const struct pyro_array *keep_array(pyrolua_reader *reader, const struct pyro_value *dict)
{
    struct pyro_buffer *kept = keep(reader);
    struct pyro_array *array =
        kept ? (struct pyro_array *)(void *)pyro_buffer_reserve(kept, sizeof(*array)) : NULL;
    enum pyro_code code = array ? read_class(reader, dict, array) : pyro_error_memory(&reader->err);
    if (code == PYRO_OK)
        return array;
    embed_fail(reader->runtime, &reader->err);
    return NULL;
}

int pyrolua_read_array(pyrolua_reader *reader, pyrolua_array *array)
{
    if (!array) {
        refuse(reader, "where to write an array", "NULL");
        return 0;
    }
    *array = (pyrolua_array){.dtype = NULL};
    const struct pyro_value *value = peek(reader);
    value = value && is_array_class(value) ? take(reader, "ndarray")
                                           : take_type(reader, PYRO_ARRAY, "ndarray");
    const struct pyro_array *read = !value                      ? NULL
                                    : value->type == PYRO_ARRAY ? value->u.array
                                                                : keep_array(reader, value);
    if (read)
        show_array(read, array);
    return read != NULL;
}

void pyrolua_skip(pyrolua_reader *reader)
{
    take(reader, "value");
}

/* --- containers --- */

/* Makes room for one more frame. */
static bool grow(pyrolua_reader *reader)
{
    size_t size = reader->capacity * sizeof(*reader->frames);
    bool moved = reader->frames != reader->first;
    if (reader->depth + 1 < reader->capacity)
        return true;
    struct reader_frame *frames = pyro_realloc(moved ? reader->frames : NULL, 2 * size);
    if (!frames) {
        pyro_error_memory(&reader->err);
        embed_fail(reader->runtime, &reader->err);
        return false;
    }
    if (!moved)
        memcpy(frames, reader->first, size);
    reader->frames = frames;
    reader->capacity *= 2;
    return true;
}

size_t pyrolua_read_begin(pyrolua_reader *reader)
{
    const struct pyro_value *value = take_type(reader, PYRO_CONTAINER_VALUE, "list or dict");
    if (!value || !grow(reader))
        return 0;
    reader->frames[++reader->depth] = (struct reader_frame){
        .items = value->u.of.items, .count = value->u.of.count, .dict = value->kind == PYRO_DICT};
    return value->kind == PYRO_DICT ? value->u.of.count / 2 : value->u.of.count;
}

/* Returns the bits of the first named arguments. */
static uint64_t first_named(size_t count)
{
    return count < MOST_NAMED ? (UINT64_C(1) << count) - 1 : UINT64_MAX;
}

/* Notes which of the named arguments a value is. A call with more than MOST_NAMED is refused at the
 * end. */
static void note_named(pyrolua_reader *reader, const struct pyro_value *value)
{
    size_t place = (size_t)(value - reader->named->u.of.items) / 2;
    if (place < MOST_NAMED)
        reader->named_read |= UINT64_C(1) << place;
}

int pyrolua_read_key(pyrolua_reader *reader, const char *key)
{
    if (!reader || !key) {
        refuse(reader, "a key", "NULL");
        return 0;
    }
    const struct reader_frame *frame = top(reader);
    struct pyro_value dict = {.type = PYRO_CONTAINER_VALUE, .kind = PYRO_DICT};
    dict.u.of.items = (struct pyro_value *)frame->items;
    dict.u.of.count = frame->count;
    if (reader->err.code != PYRO_OK)
        return 0;
    if (reader->depth > 0 && !frame->dict) {
        refuse(reader, "dict", "another container");
        return 0;
    }
    reader->key = pyro_value_get(reader->depth > 0 ? &dict : reader->named, key);
    if (reader->key && reader->depth == 0)
        note_named(reader, reader->key);
    return reader->key != NULL;
}

int pyrolua_read_end(pyrolua_reader *reader)
{
    if (!reader)
        return PYROLUA_EVALUE;
    const struct reader_frame *frame = top(reader);
    size_t named = reader->named ? reader->named->u.of.count / 2 : 0;
    reader->key = NULL;
    if (*reader->err.raised)
        return PYROLUA_ERAISED; /* and was reported with its traceback */
    if (reader->err.code != PYRO_OK)
        return embed_fail(reader->runtime, &reader->err);
    if (reader->depth > 0)
        reader->depth--;
    else if (frame->at < frame->count)
        refuse(reader, "no further value", pyro_value_type_name(&frame->items[frame->at]));
    else if (named > MOST_NAMED || reader->named_read != first_named(named))
        refuse(reader, "no further value", "an unexpected named argument");
    return reader->err.code == PYRO_OK ? PYROLUA_OK : pyrolua_last_error(reader->runtime)->code;
}
