/* Objects in pickles: what Python makes of the class that it finds by name. */
#include "pickle_write_check.h"

static enum pyro_code begin_class(struct pyro_sink *to, const char *name, bool exception,
                                  bool registered)
{
    struct pyro_class class = {pyro_slice_text(name), exception, registered};
    return pyro_begin_object(to, &class, 3);
}

static enum pyro_code put_exception(struct pyro_sink *to, const char *name, bool registered)
{
    CHECK(begin_class(to, name, true, registered));
    CHECK(pyro_put_text(to, "__exception__"));
    CHECK(pyro_put_bool(to, true));
    CHECK(pyro_put_text(to, "args"));
    CHECK(pyro_begin(to, PYRO_LIST, 1)); /* whatever it came as, to be passed on */
    CHECK(pyro_put_text(to, "m"));
    CHECK(pyro_end(to, PYRO_LIST));
    CHECK(pyro_put_text(to, "attributes"));
    CHECK(pyro_begin(to, PYRO_DICT, 1));
    CHECK(pyro_put_text(to, "code"));
    CHECK(pyro_put_int(to, 7));
    CHECK(pyro_end(to, PYRO_DICT));
    return pyro_end(to, PYRO_DICT);
}

static enum pyro_code builtin_exception(struct pyro_sink *to)
{
    return put_exception(to, "builtins.ValueError", false);
}

static enum pyro_code new_exception(struct pyro_sink *to)
{
    return put_exception(to, "builtins.FileNotFoundError", false);
}

static enum pyro_code pyros_exception(struct pyro_sink *to)
{
    return put_exception(to, "Pyro4.errors.NamingError", false);
}

static enum pyro_code own_exception(struct pyro_sink *to)
{
    return put_exception(to, "shop.OutOfStock", true);
}

/* That of a program's own converter. */
static enum pyro_code odd_exception(struct pyro_sink *to)
{
    CHECK(begin_class(to, "Odd", true, true));
    CHECK(pyro_put_text(to, "code"));
    CHECK(pyro_put_int(to, 7));
    return pyro_end(to, PYRO_DICT);
}

static enum pyro_code system_exception(struct pyro_sink *to)
{
    return put_exception(to, "os.system", false);
}

static enum pyro_code eval_exception(struct pyro_sink *to)
{
    return put_exception(to, "builtins.eval", false);
}

static enum pyro_code begin_object(struct pyro_sink *to)
{
    return begin_class(to, "shop.Item", false, false);
}

static enum pyro_code lines_in_name(struct pyro_sink *to)
{
    return begin_class(to, "os\nsystem", false, true);
}

static enum pyro_code item(struct pyro_sink *to)
{
    CHECK(begin_class(to, "shop.Item", false, true));
    CHECK(pyro_put_text(to, "price"));
    CHECK(pyro_put_int(to, 3));
    return pyro_end(to, PYRO_DICT);
}

static enum pyro_code item_without_module(struct pyro_sink *to)
{
    CHECK(begin_class(to, "Item", false, true));
    return pyro_end(to, PYRO_DICT);
}

static void exceptions_are_made_by_calls(void **state)
{
    (void)state;
    WRITES(2, builtin_exception, "cexceptions\nValueError\n(X\1\0\0\0mtR}(X\4\0\0\0codeq\0K\7ub.");
    WRITES(3, builtin_exception, "cbuiltins\nValueError\n(X\1\0\0\0mtR}(X\4\0\0\0codeq\0K\7ub.");
    WRITES(4, builtin_exception,
           "\x8c\x08"
           "builtins\x8c\x0aValueError\x93(\x8c\1mtR}(\x8c\4codeq\0K\7ub.");
    WRITES(2, new_exception, "cexceptions\nOSError\n(X\1\0\0\0mtR}(X\4\0\0\0codeq\0K\7ub.");
    WRITES(3, new_exception, "cbuiltins\nFileNotFoundError\n(X\1\0\0\0mtR}(X\4\0\0\0codeq\0K\7ub.");
    WRITES(2, pyros_exception, "cPyro4.errors\nNamingError\n(X\1\0\0\0mtR}(X\4\0\0\0codeq\0K\7ub.");
    WRITES(2, own_exception, "cshop\nOutOfStock\n(X\1\0\0\0mtR}(X\4\0\0\0codeq\0K\7ub.");
    WRITES(4, odd_exception, "\x8c\x08__main__\x8c\3Odd\x93)R}(\x8c\4codeq\0K\7ub.");
}

static void objects_of_registered_classes_are_made(void **state)
{
    (void)state;
    WRITES(2, item, "cshop\nItem\n)\x81}(X\5\0\0\0priceq\0K\3ub.");
    WRITES(5, item, "\x8c\4shop\x8c\4Item\x93)\x81}(\x8c\5priceq\0K\3ub.");
    WRITES(2, item_without_module, "c__main__\nItem\n)\x81}(ub.");
}

/* Their names may be a peer's. */
static void no_other_class_is_named(void **state)
{
    static const char names[] = "a pickle may not name '%s', which is no registered class";
    char message[100];
    (void)state;
    snprintf(message, sizeof(message), names, "os.system");
    refuses(system_exception, message);
    snprintf(message, sizeof(message), names, "builtins.eval");
    refuses(eval_exception, message);
    snprintf(message, sizeof(message), names, "shop.Item");
    refuses(begin_object, message);
    snprintf(message, sizeof(message), names, "os\nsystem");
    refuses(lines_in_name, message);
}

/* --- Pyro's objects --- */

static enum pyro_code put_uri_state(struct pyro_sink *to)
{
    CHECK(pyro_put_text(to, "state"));
    CHECK(pyro_begin(to, PYRO_TUPLE, 5));
    CHECK(pyro_put_text(to, "PYRO"));
    CHECK(pyro_put_text(to, "o"));
    CHECK(pyro_put_nil(to));
    CHECK(pyro_put_text(to, "h"));
    CHECK(pyro_put_int(to, 1));
    return pyro_end(to, PYRO_TUPLE);
}

static enum pyro_code uri(struct pyro_sink *to)
{
    CHECK(begin_class(to, "Pyro4.core.URI", false, false));
    CHECK(put_uri_state(to));
    return pyro_end(to, PYRO_DICT);
}

static enum pyro_code put_names(struct pyro_sink *to, const char *name)
{
    CHECK(pyro_begin(to, PYRO_TUPLE, 1));
    if (name)
        CHECK(pyro_put_text(to, name));
    return pyro_end(to, PYRO_TUPLE);
}

static enum pyro_code put_proxy(struct pyro_sink *to, const char *location)
{
    CHECK(begin_class(to, "Pyro4.core.Proxy", false, false));
    CHECK(pyro_put_text(to, "state"));
    CHECK(pyro_begin(to, PYRO_TUPLE, 9));
    CHECK(pyro_put_text(to, location));
    CHECK(put_names(to, NULL));
    CHECK(put_names(to, "m"));
    CHECK(put_names(to, NULL));
    CHECK(pyro_put_real(to, 0));
    CHECK(pyro_put_nil(to));
    CHECK(put_names(to, "hello"));
    CHECK(pyro_put_int(to, 0));
    CHECK(pyro_put_nil(to));
    CHECK(pyro_end(to, PYRO_TUPLE));
    return pyro_end(to, PYRO_DICT);
}

static enum pyro_code proxy(struct pyro_sink *to)
{
    return put_proxy(to, "PYRO:o@h:1");
}

static enum pyro_code meta_proxy(struct pyro_sink *to)
{
    return put_proxy(to, "PYROMETA:a,b");
}

static enum pyro_code failure(struct pyro_sink *to)
{
    CHECK(pyro_begin(to, PYRO_LIST, 1));
    CHECK(begin_class(to, "Pyro4.futures._ExceptionWrapper", false, false));
    CHECK(pyro_put_text(to, "exception"));
    CHECK(builtin_exception(to));
    CHECK(pyro_end(to, PYRO_DICT));
    return pyro_end(to, PYRO_LIST);
}

#define URI_4 "\x8c\x0aPyro4.core\x8c\3URI\x93)\x81("
#define PROXY_4 "\x8c\x0aPyro4.core\x8c\5Proxy\x93)\x81("
#define REST_4 "\x8f(\x90\x8f(\x8c\1m\x90\x8f(\x90G\0\0\0\0\0\0\0\0N(\x8c\5hellotK\0Ntb."

static void pyros_objects_have_a_state(void **state)
{
    (void)state;
    WRITES(2, uri, "cPyro4.core\nURI\n)\x81(X\4\0\0\0PYROX\1\0\0\0oNX\1\0\0\0hK\1tb.");
    WRITES(4, uri, URI_4 "\x8c\4PYRO\x8c\1oN\x8c\1hK\1tb.");
    WRITES(4, proxy, PROXY_4 URI_4 "\x8c\4PYRO\x8c\1oN\x8c\1hK\1tb" REST_4);
    WRITES(4, meta_proxy, PROXY_4 URI_4 "\x8c\x08PYROMETA\x8f(\x8c\1a\x8c\1b\x90NNNtb" REST_4);
    WRITES(
        3, failure,
        "](cPyro4.futures\n_ExceptionWrapper\n)\x81}(X\x09\0\0\0exceptionq\0cbuiltins\nValueError\n"
        "(X\1\0\0\0mtR}(X\4\0\0\0codeq\1K\7ubub"
        "e.");
}

/* --- what has not the form that it should have --- */

static enum pyro_code exception_of_no_list(struct pyro_sink *to)
{
    CHECK(begin_class(to, "Odd", true, true));
    CHECK(pyro_put_text(to, "args"));
    return pyro_put_int(to, 1);
}

static enum pyro_code exception_of_dict(struct pyro_sink *to)
{
    CHECK(begin_class(to, "Odd", true, true));
    CHECK(pyro_put_text(to, "args"));
    return pyro_begin(to, PYRO_DICT, 0);
}

static enum pyro_code exception_with_list(struct pyro_sink *to)
{
    CHECK(begin_class(to, "Odd", true, true));
    CHECK(pyro_put_text(to, "attributes"));
    return pyro_begin(to, PYRO_LIST, 1);
}

static enum pyro_code uri_without_state(struct pyro_sink *to)
{
    CHECK(begin_class(to, "Pyro4.core.URI", false, true));
    return pyro_put_text(to, "name");
}

static enum pyro_code proxy_of_number(struct pyro_sink *to)
{
    CHECK(begin_class(to, "Pyro4.core.Proxy", false, true));
    CHECK(pyro_put_text(to, "state"));
    CHECK(pyro_begin(to, PYRO_TUPLE, 1));
    return pyro_put_int(to, 1);
}

static enum pyro_code short_proxy(struct pyro_sink *to)
{
    CHECK(begin_class(to, "Pyro4.core.Proxy", false, true));
    CHECK(pyro_put_text(to, "state"));
    CHECK(pyro_begin(to, PYRO_TUPLE, 1));
    CHECK(pyro_put_text(to, "PYRO:o@h:1"));
    return pyro_end(to, PYRO_TUPLE);
}

static void objects_in_another_form_are_refused(void **state)
{
    static put_fn *const odd[] = {exception_of_no_list, exception_of_dict, exception_with_list,
                                  uri_without_state,    proxy_of_number,   short_proxy};
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(odd); i++)
        refuses(odd[i], "an object that has not the form of its class");
}

/* --- each event where it has no place --- */

static enum pyro_code a_boolean(struct pyro_sink *to)
{
    return pyro_put_bool(to, true);
}

static enum pyro_code an_integer(struct pyro_sink *to)
{
    return pyro_put_int(to, 1);
}

static enum pyro_code a_bigint(struct pyro_sink *to)
{
    return to->ops->bigint(to, pyro_slice_text("18446744073709551616"));
}

static enum pyro_code a_float(struct pyro_sink *to)
{
    return pyro_put_real(to, 1.5);
}

static enum pyro_code a_complex(struct pyro_sink *to)
{
    return to->ops->complex(to, 1, 2);
}

static enum pyro_code a_datetime(struct pyro_sink *to)
{
    return to->ops->datetime(to, 0);
}

static enum pyro_code a_date(struct pyro_sink *to)
{
    return to->ops->date(to, 1);
}

static enum pyro_code a_string(struct pyro_sink *to)
{
    return pyro_put_text(to, "x");
}

static enum pyro_code bytes(struct pyro_sink *to)
{
    return to->ops->bytes(to, pyro_slice_text("x"));
}

static enum pyro_code an_array(struct pyro_sink *to)
{
    const struct pyro_array array = {.data = {"", 0}};
    return to->ops->array(to, &array);
}

static enum pyro_code a_set(struct pyro_sink *to)
{
    return pyro_begin(to, PYRO_SET, 0);
}

static enum pyro_code an_exceptions_arguments(struct pyro_sink *to)
{
    CHECK(begin_class(to, "Odd", true, true));
    return pyro_put_text(to, "args");
}

static enum pyro_code a_uris_state(struct pyro_sink *to)
{
    CHECK(begin_class(to, "Pyro4.core.URI", false, false));
    return pyro_put_text(to, "state");
}

static enum pyro_code a_proxys_state(struct pyro_sink *to)
{
    CHECK(begin_class(to, "Pyro4.core.Proxy", false, false));
    CHECK(pyro_put_text(to, "state"));
    CHECK(pyro_begin(to, PYRO_TUPLE, 9));
    return pyro_put_text(to, "PYRO:o@h:1");
}

static void what_has_no_place_is_refused(void **state)
{
    static put_fn *const places[] = {an_exceptions_arguments, a_uris_state, a_proxys_state};
    static put_fn *const events[] = {pyro_put_nil, a_boolean,  an_integer,  a_bigint, a_float,
                                     a_complex,    a_datetime, a_date,      a_string, bytes,
                                     an_array,     a_set,      begin_object};
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(places); i++) {
        for (size_t k = 0; k < PYRO_COUNT(events); k++) {
            struct pyro_sink *to = start(4);
            assert_int_equal(places[i](to), PYRO_OK);
            assert_int_equal(events[k](to), PYRO_ESERIALIZE);
            assert_string_equal(err.message, "an object that has not the form of its class");
        }
    }
    pyro_buffer_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exceptions_are_made_by_calls),
        cmocka_unit_test(objects_of_registered_classes_are_made),
        cmocka_unit_test(no_other_class_is_named),
        cmocka_unit_test(pyros_objects_have_a_state),
        cmocka_unit_test(objects_in_another_form_are_refused),
        cmocka_unit_test(what_has_no_place_is_refused),
    };
    return cmocka_run_group_tests_name("codec_pickle_write_object", tests, NULL, NULL);
}
