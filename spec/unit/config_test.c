#include "base/config.h"
#include "base/config_set.h"
#include "base/serializer.h"
#include "base/words.h"
#include "record.h"

static int set_up(void **state)
{
    static struct pyro_config config;
    *state = &config;
    return pyro_config_defaults(&config, NULL) == PYRO_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    pyro_config_free(*state);
    return 0;
}

static char warned[200];

static void warn(void *context, const char *prefix, const char *name,
                 const struct pyro_config_item *meant)
{
    assert_ptr_equal(context, warned);
    snprintf(warned + strlen(warned), sizeof(warned) - strlen(warned), "%s%s %s;", prefix, name,
             meant ? meant->name : "-");
}

/* Applies two variables; the message, or "" where they were fine. */
static const char *apply_both(struct pyro_config *config, const char *one, const char *other)
{
    static struct pyro_error err;
    char copies[2][400];
    snprintf(copies[0], sizeof(copies[0]), "%s", one);
    snprintf(copies[1], sizeof(copies[1]), "%s", other);
    char *environment[] = {"HOME=/", copies[0], copies[1], NULL};
    err = (struct pyro_error){.code = PYRO_OK};
    warned[0] = '\0';
    enum pyro_code code = pyro_config_environment(config, environment, warn, warned, &err);
    assert_int_equal(code, err.code);
    assert_true(code == PYRO_OK || code == PYRO_EVALUE);
    return err.message;
}

static const char *apply(struct pyro_config *config, const char *variable)
{
    return apply_both(config, variable, "XPYRO_X=1");
}

static struct pyro_setting setting(const char *name)
{
    return (struct pyro_setting){.item = pyro_config_find(name), .prefix = ""};
}

static void items_are_sorted_and_found(void **state)
{
    size_t count;
    const struct pyro_config_item *items = pyro_config_items(&count);
    (void)state;
    assert_in_range(count, 20, 100);
    for (size_t i = 1; i < count; i++)
        assert_true(strcmp(items[i - 1].name, items[i].name) < 0);
    for (size_t i = 0; i < count; i++)
        assert_ptr_equal(pyro_config_find(items[i].name), &items[i]);
    assert_null(pyro_config_find("HOSTS"));
    assert_null(pyro_config_find(""));
    assert_int_equal(pyro_config_find("NS_PORT")->type, PYRO_CONFIG_int);
}

static void defaults_are_pyros(void **state)
{
    const struct pyro_config *config = *state;
    assert_string_equal(config->HOST, "localhost");
    assert_string_equal(config->NS_HOST, "localhost");
    assert_int_equal(config->NS_PORT, 9090);
    assert_int_equal(config->NS_BCPORT, 9091);
    assert_null(config->NS_BCHOST);
    assert_null(config->NATHOST);
    assert_int_equal(config->PREFER_IP_VERSION, 4);
    assert_true(config->METADATA);
    assert_true(config->POLLTIMEOUT > 1.9 && config->POLLTIMEOUT < 2.1);
    assert_string_equal(config->BROADCAST_ADDRS, "<broadcast>, 0.0.0.0");
    assert_true(config->ITER_STREAMING && config->ITER_STREAM_LINGER > 29.9);
    assert_int_equal(config->PROTOCOL, 0);
}

static void booleans_are_spelled_as_pyro_does(void **state)
{
    static const char *const yes[] = {"1", "yes", "on", "true", "TRUE", "Yes"};
    static const char *const no[] = {"0", "off", "no", "false", "OFF", "False"};
    struct pyro_config *config = *state;
    char variable[40];
    for (size_t i = 0; i < PYRO_COUNT(yes); i++) {
        snprintf(variable, sizeof(variable), "PYRO_METADATA=%s", yes[i]);
        assert_string_equal(apply(config, variable), "");
        assert_true(config->METADATA);
        snprintf(variable, sizeof(variable), "PYRO_METADATA=%s", no[i]);
        assert_string_equal(apply(config, variable), "");
        assert_false(config->METADATA);
    }
    assert_string_equal(apply(config, "PYRO_METADATA=maybe"),
                        "invalid boolean value: PYRO_METADATA=maybe");
    assert_string_equal(apply(config, "PYRO_METADATA="), "invalid boolean value: PYRO_METADATA=");
}

static void numbers_are_checked(void **state)
{
    struct pyro_config *config = *state;
    assert_string_equal(apply(config, "PYRO_NS_PORT=65535"), "");
    assert_int_equal(config->NS_PORT, 65535);
    assert_string_equal(apply(config, "PYRO_NS_PORT=0"), "");
    assert_string_equal(apply(config, "PYRO_NS_PORT=65536"),
                        "invalid value: PYRO_NS_PORT=65536 (0 to 65535)");
    assert_string_equal(apply(config, "PYRO_NATPORT=-1"),
                        "invalid value: PYRO_NATPORT=-1 (0 to 65535)");
    assert_string_equal(apply(config, "PYRO_NS_PORT=90x"),
                        "invalid integer value: PYRO_NS_PORT=90x (0 to 65535)");
    assert_string_equal(apply(config, "PYRO_NS_PORT="),
                        "invalid integer value: PYRO_NS_PORT= (0 to 65535)");
    assert_string_equal(apply(config, "PYRO_MAX_PENDING=99999999999999999999"),
                        "invalid integer value: PYRO_MAX_PENDING=99999999999999999999");
    assert_string_equal(apply(config, "PYRO_MAX_PENDING=-1"),
                        "invalid value: PYRO_MAX_PENDING=-1 (more than 0)");
    assert_string_equal(apply(config, "PYRO_MAX_CONNECTIONS=0"),
                        "invalid value: PYRO_MAX_CONNECTIONS=0 (more than 0)");
    assert_string_equal(apply(config, "PYRO_MAX_RETRIES=-1"),
                        "invalid value: PYRO_MAX_RETRIES=-1 (not negative)");
    assert_string_equal(apply(config, "PYRO_NS_AUTOCLEAN=2.5"),
                        "invalid value: PYRO_NS_AUTOCLEAN=2.5 (seconds, 0, or 3 or more)");
    assert_string_equal(apply(config, "PYRO_HANDSHAKE_TIMEOUT=0"),
                        "invalid value: PYRO_HANDSHAKE_TIMEOUT=0 (seconds, more than 0)");
    assert_string_equal(apply(config, "PYRO_PICKLE_PROTOCOL_VERSION=2"), "");
    assert_string_equal(apply(config, "PYRO_PICKLE_PROTOCOL_VERSION=1"),
                        "invalid value: PYRO_PICKLE_PROTOCOL_VERSION=1 (2 to 5)");
    assert_string_equal(apply(config, "PYRO_PICKLE_PROTOCOL_VERSION=x"),
                        "invalid integer value: PYRO_PICKLE_PROTOCOL_VERSION=x (2 to 5)");
    assert_string_equal(apply(config, "PYRO_PICKLE_PROTOCOL_VERSION=6"),
                        "invalid value: PYRO_PICKLE_PROTOCOL_VERSION=6 (2 to 5)");
    assert_int_equal(config->PICKLE_PROTOCOL_VERSION, 2);
    assert_string_equal(apply(config, "PYRO_PREFER_IP_VERSION=6"), "");
    assert_string_equal(apply(config, "PYRO_PREFER_IP_VERSION=5"),
                        "invalid value: PYRO_PREFER_IP_VERSION=5 (4, 6 or 0)");
    assert_int_equal(config->PREFER_IP_VERSION, 6);
    assert_string_equal(apply(config, "PYROLUA_BYTES=bytes"), "");
    assert_true(config->typed_bytes);
    assert_string_equal(apply(config, "PYROLUA_BYTES=text"),
                        "invalid value: PYROLUA_BYTES=text (string or bytes)");
    assert_string_equal(apply(config, "PYROLUA_BYTES=string"), "");
    assert_false(config->typed_bytes);
    assert_string_equal(apply(config, "PYRO_PROTOCOL=502"), "");
    assert_string_equal(apply(config, "PYRO_PROTOCOL=5"),
                        "invalid value: PYRO_PROTOCOL=5 (48, 502 or 0)");
    assert_int_equal(config->PROTOCOL, 502);
    assert_string_equal(apply(config, "PYRO_COMMTIMEOUT=2.5"), "");
    assert_true(config->COMMTIMEOUT > 2.4 && config->COMMTIMEOUT < 2.6);
    assert_string_equal(apply(config, "PYRO_COMMTIMEOUT=-1"),
                        "invalid value: PYRO_COMMTIMEOUT=-1 (seconds, not negative)");
    assert_string_equal(apply(config, "PYRO_COMMTIMEOUT=nan"),
                        "invalid value: PYRO_COMMTIMEOUT=nan (seconds, not negative)");
    assert_string_equal(apply(config, "PYRO_COMMTIMEOUT=1e999"),
                        "invalid value: PYRO_COMMTIMEOUT=inf (seconds, not negative)");
    assert_string_equal(apply(config, "PYRO_COMMTIMEOUT=soon"),
                        "invalid number value: PYRO_COMMTIMEOUT=soon");
}

static void serializers_are_known(void **state)
{
    struct pyro_config *config = *state;
    assert_string_equal(config->SERIALIZER, "auto");
    assert_string_equal(apply(config, "PYRO_SERIALIZER=serpent"), "");
    assert_string_equal(apply(config, "PYRO_SERIALIZER=auto"), "");
    assert_string_equal(config->SERIALIZER, "auto");
    assert_string_equal(apply(config, "PYRO_SERIALIZERS_ACCEPTED=auto"),
                        "invalid value: PYRO_SERIALIZERS_ACCEPTED=auto (" PYRO_SERIALIZER_NAMES
                        ")");
    assert_string_equal(apply(config, "PYRO_SERIALIZER=serpent"), "");
    assert_string_equal(config->SERIALIZER, "serpent");
    assert_string_equal(apply(config, "PYRO_SERIALIZER=foo"),
                        "invalid value: PYRO_SERIALIZER=foo (" PYRO_SERIALIZER_NAMES ", or auto)");
    assert_string_equal(apply(config, "PYRO_SERIALIZER="),
                        "invalid value: PYRO_SERIALIZER= (" PYRO_SERIALIZER_NAMES ", or auto)");
    assert_string_equal(apply(config, "PYRO_SERIALIZER= json"),
                        "invalid value: PYRO_SERIALIZER= json (" PYRO_SERIALIZER_NAMES
                        ", or auto)");
    assert_string_equal(apply(config, "PYRO_SERIALIZER=json,json"),
                        "invalid value: PYRO_SERIALIZER=json,json (" PYRO_SERIALIZER_NAMES
                        ", or auto)");
    assert_string_equal(apply(config, "PYRO_SERIALIZER=a\xff\n"),
                        "invalid value: PYRO_SERIALIZER=a\\xff\\x0a (" PYRO_SERIALIZER_NAMES
                        ", or auto)");
    assert_string_equal(config->SERIALIZER, "serpent");
}

static void accepted_serializers_are_a_list(void **state)
{
    struct pyro_config *config = *state;
    assert_true(pyro_config_accepts(config, PYRO_SERIALIZER_JSON));
    assert_false(pyro_config_accepts(config, PYRO_SERIALIZER_UNKNOWN));
    assert_string_equal(apply(config, "PYRO_SERIALIZERS_ACCEPTED= json ,\tmsgpack "), "");
    assert_true(pyro_config_accepts(config, PYRO_SERIALIZER_JSON));
    assert_true(pyro_config_accepts(config, PYRO_SERIALIZER_MSGPACK));
    assert_false(pyro_config_accepts(config, PYRO_SERIALIZER_SERPENT));
    assert_string_equal(apply(config, "PYRO_SERIALIZERS_ACCEPTED=marshal,"), "");
    assert_true(pyro_config_accepts(config, PYRO_SERIALIZER_MARSHAL));
    assert_false(pyro_config_accepts(config, PYRO_SERIALIZER_JSON));
    assert_string_equal(apply(config, "PYRO_SERIALIZERS_ACCEPTED=dill"), "");
    assert_true(pyro_config_accepts(config, PYRO_SERIALIZER_DILL));
    assert_false(pyro_config_accepts(config, PYRO_SERIALIZER_PICKLE));
    assert_int_equal(strncmp(apply(config, "PYRO_SERIALIZERS_ACCEPTED=,json"), "invalid value", 13),
                     0);
    assert_int_equal(strncmp(apply(config, "PYRO_SERIALIZERS_ACCEPTED="), "invalid value", 13), 0);
    assert_int_equal(pyro_serializer_find(pyro_slice_text("marshal")), PYRO_SERIALIZER_MARSHAL);
    assert_int_equal(pyro_serializer_find(pyro_slice_text("unknown")), PYRO_SERIALIZER_UNKNOWN);
    assert_string_equal(pyro_serializer_name(PYRO_SERIALIZER_MSGPACK), "msgpack");
    assert_string_equal(pyro_serializer_name(PYRO_SERIALIZER_UNKNOWN), "unknown");
}

static void both_prefixes_set_any_item(void **state)
{
    struct pyro_config *config = *state;
    assert_string_equal(apply(config, "PYROLUA_NS_PORT=1"), "");
    assert_int_equal(config->NS_PORT, 1);
    assert_string_equal(apply(config, "PYROLUA_MAX_PENDING=2"), "");
    assert_int_equal(config->MAX_PENDING, 2);
    assert_string_equal(apply_both(config, "PYROLUA_NS_PORT=3", "PYRO_NS_PORT=4"), "");
    assert_int_equal(config->NS_PORT, 3);
    assert_string_equal(apply_both(config, "PYRO_NS_PORT=many", "PYROLUA_NS_PORT=5"), "");
    assert_int_equal(config->NS_PORT, 5);
    assert_string_equal(apply(config, "PYROLUA_NS_PORT=65536"),
                        "invalid value: PYROLUA_NS_PORT=65536 (0 to 65535)");
    assert_string_equal(apply(config, "PYROLUA_METADATA=maybe"),
                        "invalid boolean value: PYROLUA_METADATA=maybe");
    apply(config, "PYROLUA_NS_PROT=1");
    assert_string_equal(warned, "PYROLUA_NS_PROT NS_PORT;");
}

static void texts_are_copied_and_may_be_none(void **state)
{
    struct pyro_config *config = *state;
    struct pyro_error err;
    char host[] = "example.org";
    struct pyro_setting nathost = setting("NATHOST");
    assert_int_equal(pyro_config_set_text(config, nathost, host, &err), PYRO_OK);
    host[0] = 'X';
    assert_string_equal(config->NATHOST, "example.org");
    assert_int_equal(pyro_config_set_text(config, nathost, config->NATHOST, &err), PYRO_OK);
    assert_string_equal(config->NATHOST, "example.org");
    assert_int_equal(pyro_config_set_text(config, nathost, NULL, &err), PYRO_OK);
    assert_null(config->NATHOST);
    assert_int_equal(pyro_config_set_text(config, setting("HOST"), NULL, &err), PYRO_EVALUE);
    assert_string_equal(err.message, "invalid value: HOST may not be nil");
    assert_int_equal(pyro_config_set_text(config, setting("SERIALIZER"), NULL, &err), PYRO_EVALUE);
    assert_int_equal(pyro_config_set_bool(config, setting("REQUIRE_EXPOSE"), true, &err), PYRO_OK);
    assert_true(config->REQUIRE_EXPOSE);
}

static void lists_have_elements(void **state)
{
    static const char *const expected[] = {"a b", "c", "", "d"};
    const char *list = " a b,\tc ,,d, ";
    const char *empty = " ";
    struct pyro_slice element;
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(expected); i++) {
        assert_true(pyro_word_next(&list, &element));
        assert_true(pyro_slice_equals(element, expected[i]));
    }
    assert_false(pyro_word_next(&list, &element));
    assert_false(pyro_word_next(&empty, &element));
}

static void places_are_checked(void **state)
{
    struct pyro_config *config = *state;
    static const char *const bad[] = {"alpha:many", "alpha,,beta", "::1",   "[::1", "alpha beta",
                                      "./u:",       "alpha:70000", ":9090", "./u"};
    char variable[64], expected[200];
    assert_string_equal(config->NS_HOSTS, "");
    assert_string_equal(apply(config, "PYROLUA_NS_HOSTS=alpha, beta:9,[::1]:9,[::1],./u:/x"), "");
    assert_string_equal(config->NS_HOSTS, "alpha, beta:9,[::1]:9,[::1],./u:/x");
    for (size_t i = 0; i < PYRO_COUNT(bad); i++) {
        snprintf(variable, sizeof(variable), "PYROLUA_NS_HOSTS=%s", bad[i]);
        snprintf(expected, sizeof(expected),
                 "invalid value: %s (host, host:port, [::1]:port or ./u:path, with commas between "
                 "them)",
                 variable);
        assert_string_equal(apply(config, variable), expected);
    }
    assert_string_equal(config->NS_HOSTS, "alpha, beta:9,[::1]:9,[::1],./u:/x");
}

static void place_is_a_host_and_a_port(void **state)
{
    struct pyro_config *config = *state;
    static const char *const good[] = {"localhost:9464", "[::1]:0", "0.0.0.0:65535"};
    static const char *const bad[] = {
        "",         "localhost", "localhost:",       ":9464",      "localhost:65536",
        "::1:9464", "[::1]",     "./u:/tmp/metrics", "localhost:x"};
    char variable[400], expected[500];
    assert_null(config->METRICS);
    for (size_t i = 0; i < PYRO_COUNT(good); i++) {
        snprintf(variable, sizeof(variable), "PYROLUA_METRICS=%s", good[i]);
        assert_string_equal(apply(config, variable), "");
        assert_string_equal(config->METRICS, good[i]);
    }
    for (size_t i = 0; i < PYRO_COUNT(bad); i++) {
        snprintf(variable, sizeof(variable), "PYROLUA_METRICS=%s", bad[i]);
        snprintf(expected, sizeof(expected), "invalid value: %s (host:port or [::1]:port)",
                 variable);
        assert_string_equal(apply(config, variable), expected);
    }
    memset(variable, 'a', sizeof(variable) - 1);
    variable[sizeof(variable) - 1] = '\0';
    assert_int_equal(pyro_config_set_text(config, setting("METRICS"), variable, NULL), PYRO_EVALUE);
    assert_string_equal(config->METRICS, good[2]);
    assert_int_equal(pyro_config_set_text(config, setting("METRICS"), NULL, NULL), PYRO_OK);
    assert_null(config->METRICS);
}

static void a_secret_is_any_text(void **state)
{
    struct pyro_config *config = *state;
    struct pyro_error err;
    assert_null(config->HMAC_KEY);
    assert_string_equal(apply(config, "PYRO_HMAC_KEY=a secret, \xff"), "");
    assert_string_equal(config->HMAC_KEY, "a secret, \xff");
    assert_int_equal(pyro_config_find("HMAC_KEY")->range, PYRO_RANGE_secret);
    assert_int_equal(pyro_config_set_text(config, setting("HMAC_KEY"), NULL, &err), PYRO_OK);
    assert_null(config->HMAC_KEY);
}

static void unknown_variables_are_warned_of(void **state)
{
    struct pyro_config *config = *state;
    static const char *const fine[] = {"PYRO_LOGLEVEL=DEBUG", "PYRO_LOGFILE=x", "PYRO_LOGLEVEL=",
                                       "PYROLUA=1",           "PYRO_NOVALUE",   "XPYRO_X=1"};
    for (size_t i = 0; i < PYRO_COUNT(fine); i++) {
        assert_string_equal(apply(config, fine[i]), "");
        assert_string_equal(warned, "");
    }
    apply(config, "PYRO_HOSTS=x");
    assert_string_equal(warned, "PYRO_HOSTS HOST;");
    apply(config, "PYRO_=x");
    assert_string_equal(warned, "PYRO_ -;");
    apply(config, "PYROLUA_SERVERTYPE=x");
    assert_string_equal(warned, "PYROLUA_SERVERTYPE -;");
    apply(config, "PYRO_LONGLONGLONGLONGLONGLONGLONGLONGLONGLONGLONGLONGLONGLONGLONGLONG=x");
    assert_int_equal(strlen(warned), 71);
    assert_string_equal(warned + 65, "... -;");
}

static void near_names_are_found(void **state)
{
    struct pyro_error err;
    (void)state;
    assert_string_equal(pyro_config_nearest("COMMTIMEOT")->name, "COMMTIMEOUT");
    assert_string_equal(pyro_config_nearest("commtimeout")->name, "COMMTIMEOUT");
    assert_string_equal(pyro_config_nearest("NSPORT")->name, "NS_PORT");
    assert_string_equal(pyro_config_nearest("NATPRT")->name, "NATPORT");
    assert_null(pyro_config_nearest("THREADPOOL_SIZE"));
    assert_null(pyro_config_nearest(""));
    assert_null(pyro_config_nearest("NS"));
    assert_null(pyro_config_nearest("NS_PORTNS_PORTNS_PORTNS_PORTNS_PORTNS_PORTNS_PORT"));
    assert_int_equal(pyro_config_unknown("HOTS", &err), PYRO_EVALUE);
    assert_string_equal(err.message, "there is no config item 'HOTS'; did you mean HOST?");
    assert_int_equal(pyro_config_unknown("NON\nSENSE", &err), PYRO_EVALUE);
    assert_string_equal(err.message, "there is no config item 'NON\\x0aSENSE'");
}

static void long_values_are_cut(void **state)
{
    char variable[300] = "PYRO_METADATA=";
    memset(variable + 14, 'm', sizeof(variable) - 15);
    variable[sizeof(variable) - 1] = '\0';
    const char *message = apply(*state, variable);
    assert_in_range(strlen(message), 100, 160);
    assert_string_equal(message + strlen(message) - 4, "m...");
}

static void lack_of_memory_is_an_error(void **state)
{
    struct pyro_config config;
    struct pyro_error err = {.code = PYRO_OK};
    (void)state;
    unsigned long n = 0;
    do
        pyro_memory_fail_at(++n);
    while (pyro_config_defaults(&config, &err) == PYRO_EMEMORY && err.code == PYRO_EMEMORY);
    assert_in_range(n, 5, 20);
    pyro_memory_fail_at(1);
    assert_int_equal(pyro_config_set_text(&config, setting("HOST"), "other", &err), PYRO_EMEMORY);
    assert_string_equal(config.HOST, "localhost");
    pyro_config_free(&config);
    assert_null(config.HOST);
    pyro_config_free(&config);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(items_are_sorted_and_found),
        cmocka_unit_test_setup_teardown(defaults_are_pyros, set_up, tear_down),
        cmocka_unit_test_setup_teardown(booleans_are_spelled_as_pyro_does, set_up, tear_down),
        cmocka_unit_test_setup_teardown(numbers_are_checked, set_up, tear_down),
        cmocka_unit_test_setup_teardown(serializers_are_known, set_up, tear_down),
        cmocka_unit_test_setup_teardown(accepted_serializers_are_a_list, set_up, tear_down),
        cmocka_unit_test_setup_teardown(texts_are_copied_and_may_be_none, set_up, tear_down),
        cmocka_unit_test_setup_teardown(both_prefixes_set_any_item, set_up, tear_down),
        cmocka_unit_test(lists_have_elements),
        cmocka_unit_test_setup_teardown(places_are_checked, set_up, tear_down),
        cmocka_unit_test_setup_teardown(place_is_a_host_and_a_port, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_secret_is_any_text, set_up, tear_down),
        cmocka_unit_test(near_names_are_found),
        cmocka_unit_test_setup_teardown(unknown_variables_are_warned_of, set_up, tear_down),
        cmocka_unit_test_setup_teardown(long_values_are_cut, set_up, tear_down),
        cmocka_unit_test(lack_of_memory_is_an_error),
    };
    return cmocka_run_group_tests_name("config", tests, NULL, NULL);
}
