/* Bytes as npy data, and what is in them as values and back. */
#include "codec_fuzz.h"
#include "value/array_pack.h"
#include "value/npy.h"

/* The same array, read of what is written. */
static void write_anew(const struct pyro_array *array)
{
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_array again;
    size_t length;
    char *data = malloc(PYRO_NPY_HEAD_SIZE + array->data.length);
    demand(data != NULL);
    length = pyro_npy_head(array, data);
    memcpy(data + length, array->data.data, array->data.length);
    demand(pyro_npy_read(pyro_slice(data, length + array->data.length), &again, &err) == PYRO_OK);
    demand(again.fortran == array->fortran && pyro_array_equals(array, &again));
    free(data);
}

/* Its items in C order, as they are copied and as they are packed of its values. */
static void pack(const struct pyro_array *array)
{
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_packer packer;
    struct pyro_array copy = *array, packed = *array;
    char *copied = malloc(array->data.length + 1), *out = malloc(array->data.length + 1);
    demand(copied && out);
    pyro_array_copy(array, copied);
    copy.fortran = false;
    copy.data.data = copied;
    demand(pyro_array_equals(array, &copy));
    pyro_packer_init(&packer, array, out, &err);
    enum pyro_code code = pyro_array_put_part(array, NULL, 0, &packer.sink);
    if (code == PYRO_OK)
        code = pyro_packer_end(&packer);
    packed.fortran = false;
    packed.data.data = out;
    demand(code == PYRO_OK || (code == PYRO_ESERIALIZE && array->dtype.kind == 'U'));
    demand(strchr("iumM", array->dtype.kind) == NULL || pyro_array_equals(array, &packed));
    free(copied);
    free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_array array;
    if (pyro_npy_read(pyro_slice((const char *)data, size), &array, &err) != PYRO_OK) {
        demand(err.code == PYRO_ESERIALIZE && err.message[0] != '\0');
        return 0;
    }
    write_anew(&array);
    if (array.data.length > 0) /* else there may be any number of empty lists */
        pack(&array);
    return 0;
}
