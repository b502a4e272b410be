/* Tests of the rules of ALLOW: what a file may say, and which rule decides. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "rpc/allow.h"

/* --- files --- */

static struct pyro_allow *parse(const char *text)
{
    struct pyro_allow *allow;
    struct pyro_error err = {.code = PYRO_OK};
    if (pyro_allow_parse(&allow, "rules", pyro_slice_text(text), &err) != PYRO_OK)
        fail_msg("%s", err.message);
    return allow;
}

static void expect_fault_in(struct pyro_slice text, const char *message)
{
    struct pyro_allow *allow;
    struct pyro_error err = {.code = PYRO_OK};
    assert_int_equal(pyro_allow_parse(&allow, "rules", text, &err), PYRO_EVALUE);
    assert_null(allow);
    assert_string_equal(err.message, message);
}

static void expect_fault(const char *text, const char *message)
{
    expect_fault_in(pyro_slice_text(text), message);
}

static void wrong_lines_are_told(void **state)
{
    (void)state;
    expect_fault("permit shop", "rules:1: a rule begins with allow or deny, not 'permit'");
    expect_fault("allow a\n\n  Allow shop",
                 "rules:3: a rule begins with allow or deny, not 'Allow'");
    expect_fault("\"allow\" shop", "rules:1: a rule begins with allow or deny, not 'allow'");
    expect_fault("allow", "rules:1: the rule lacks an object");
    expect_fault("deny # all", "rules:1: the rule lacks an object");
    expect_fault("allow shop take it",
                 "rules:1: there may be name, from, cert and user, but not 'it'");
    expect_fault("allow shop take form 10.0.0.0/8",
                 "rules:1: there may be name, from, cert and user, but not 'form'");
    expect_fault("allow shop from ::1 take",
                 "rules:1: there may be name, from, cert and user, but not 'take'");
    expect_fault("allow shop cert", "rules:1: nothing follows 'cert'");
    expect_fault("allow shop from # here", "rules:1: nothing follows 'from'");
    expect_fault("allow shop from ::1 from ::2", "rules:1: there are two of 'from'");
    expect_fault("allow shop from * from ::2", "rules:1: there are two of 'from'");
    expect_fault("allow shop cert a cert a", "rules:1: there are two of 'cert'");
    expect_fault("allow shop user", "rules:1: nothing follows 'user'");
    expect_fault("allow shop user a cert b user a", "rules:1: there are two of 'user'");
    expect_fault("allow shop name x",
                 "rules:1: only rules of Pyro.NameServer may have a name, not those of 'shop'");
    expect_fault("allow * lookup name x",
                 "rules:1: only rules of Pyro.NameServer may have a name, not those of '*'");
    expect_fault("allow \"shop", "rules:1: a quote is not closed");
    expect_fault("allow shop\\", "rules:1: nothing follows the backslash");
    expect_fault("allow \xff", "rules:1: the line is not UTF-8");
    expect_fault("allow a\n# \x1b[2J", "rules:2: the line has a control character");
    expect_fault_in(pyro_slice("allow a\0 from ::1", 17),
                    "rules:1: the line has a control character");
}

static void wrong_addresses_are_told(void **state)
{
    (void)state;
    expect_fault("allow shop from localhost",
                 "rules:1: 'localhost' is no address; write one such as 10.0.0.0/8, fd00::/8, unix "
                 "or *");
    expect_fault("allow shop from 10.0.*",
                 "rules:1: '10.0.*' is no address; write one such as 10.0.0.0/8, fd00::/8, unix "
                 "or *");
    expect_fault("allow shop from [::1]",
                 "rules:1: '[::1]' is no address; write one such as 10.0.0.0/8, fd00::/8, unix "
                 "or *");
    expect_fault("allow shop from 10.0.0.0/33",
                 "rules:1: '10.0.0.0/33' has no number of bits from 0 to 32");
    expect_fault("allow shop from ::1/129",
                 "rules:1: '::1/129' has no number of bits from 0 to 128");
    expect_fault("allow shop from ::1/", "rules:1: '::1/' has no number of bits from 0 to 128");
    expect_fault("allow shop from ::1/+8", "rules:1: '::1/+8' has no number of bits from 0 to 128");
    expect_fault("allow shop from ::1/8x", "rules:1: '::1/8x' has no number of bits from 0 to 128");
    expect_fault("allow shop from 10.1.2.3/8",
                 "rules:1: '10.1.2.3/8' is an address in the network, not that of the network");
    expect_fault("allow shop from ::ffff:0:0/90",
                 "rules:1: '::ffff:0:0/90' is an address in the network, not that of the network");
}

static void rules_have_a_limit(void **state)
{
    const char line[] = "allow a\n";
    char *text = malloc(10001 * (sizeof(line) - 1) + 1);
    (void)state;
    assert_non_null(text);
    for (size_t i = 0; i < 10001; i++)
        memcpy(text + i * (sizeof(line) - 1), line, sizeof(line));
    expect_fault(text, "rules:10001: there are too many rules");
    text[10000 * (sizeof(line) - 1)] = '\0';
    pyro_allow_free(parse(text));
    free(text);
}

static void lack_of_memory_is_told(void **state)
{
    enum pyro_code code = PYRO_EMEMORY;
    (void)state;
    for (unsigned long nth = 1; code == PYRO_EMEMORY; nth++) {
        struct pyro_allow *allow;
        struct pyro_error err = {.code = PYRO_OK};
        pyro_memory_fail_at(nth);
        code = pyro_allow_parse(&allow, "rules", pyro_slice_text("allow a\ndeny *"), &err);
        assert_true((code == PYRO_OK) == (pyro_memory_fail_at(0) > 0));
        pyro_allow_free(allow);
    }
    assert_int_equal(code, PYRO_OK);
}

/* --- decisions --- */

struct asked {
    const char *object, *method, *from, *cert, *user, *name;
    enum pyro_name_known named;
    int unused; /* lets all others be left out */
};

/* Returns the line of the rule that decides; negative where it denies, 0 where there is none. */
static int decide(const char *text, struct asked asked)
{
    struct pyro_allow *allow = parse(text);
    struct pyro_peer peer = {.subject = asked.cert, .user = asked.user};
    struct pyro_question question = {.peer = &peer, .named = asked.named};
    if (asked.from)
        pyro_peer_locate(&peer, asked.from);
    question.any_object = !asked.object;
    question.any_method = !asked.method;
    if (asked.object)
        question.object = pyro_slice_text(asked.object);
    if (asked.method)
        question.method = pyro_slice_text(asked.method);
    if (asked.name) {
        question.named = PYRO_NAME_IS_READ;
        question.name = pyro_slice_text(asked.name);
    }
    const struct pyro_rule *rule = pyro_allow_decide(allow, &question);
    int line = !rule ? 0 : rule->allow ? (int)rule->line : -(int)rule->line;
    pyro_allow_free(allow);
    return line;
}

#define DECIDE(text, ...) decide(text, (struct asked){__VA_ARGS__, .unused = 0})

static void first_rule_that_matches_decides(void **state)
{
    static const char text[] = "# the shop\n"
                               "deny shop close\n"
                               "allow shop\r\n"
                               "allow \t depot count # only that\n"
                               "deny * * ";
    (void)state;
    assert_int_equal(DECIDE(text, "shop", "close"), -2);
    assert_int_equal(DECIDE(text, "shop", "take"), 3);
    assert_int_equal(DECIDE(text, "depot", "count"), 4);
    assert_int_equal(DECIDE(text, "depot", "take"), -5);
    assert_int_equal(DECIDE("allow shop", "depot", "take"), 0);
    assert_int_equal(DECIDE("", "shop", "take"), 0);
    assert_int_equal(DECIDE("# allow shop", "shop", "take"), 0);
}

static void names_are_compared_byte_by_byte(void **state)
{
    (void)state;
    assert_int_equal(DECIDE("allow shop take", "Shop", "take"), 0);
    assert_int_equal(DECIDE("allow shop take", "shop", "Take"), 0);
    assert_int_equal(DECIDE("allow shop take", "shopping", "take"), 0);
    assert_int_equal(DECIDE("allow shop take", "shop", "take "), 0);
    assert_int_equal(DECIDE("allow caf\xc3\xa9", "caf\xc3\xa9", "x"), 1);
    assert_int_equal(DECIDE("allow caf\xc3\xa9", "cafe\xcc\x81", "x"), 0); /* é of two characters */
    assert_int_equal(DECIDE("allow shop#1", "shop#1", "x"), 1);
}

static void wildcards_stand_for_any_characters(void **state)
{
    (void)state;
    assert_int_equal(DECIDE("allow shop.*", "shop.", "x"), 1);
    assert_int_equal(DECIDE("allow shop.*", "shop.a.b", "x"), 1);
    assert_int_equal(DECIDE("allow shop.*", "shop", "x"), 0);
    assert_int_equal(DECIDE("allow *.shop", "a.shop.shop", "x"), 1);
    assert_int_equal(DECIDE("allow *.shop", "a.shop.shops", "x"), 0);
    assert_int_equal(DECIDE("allow a*b*c", "abbcbc", "x"), 1);
    assert_int_equal(DECIDE("allow a*b*c", "ac", "x"), 0);
    assert_int_equal(DECIDE("allow * get_*", "any", "get_"), 1);
    assert_int_equal(DECIDE("allow **", "any", ""), 1);
    assert_int_equal(DECIDE("allow s?op", "shop", "x"), 0);
    assert_int_equal(DECIDE("allow [s]hop", "shop", "x"), 0);
}

static void quotes_and_backslashes_take_characters_as_they_are(void **state)
{
    (void)state;
    assert_int_equal(DECIDE("allow Pyro.NameServer lookup name \"my shop*\"", "Pyro.NameServer",
                            "lookup", .name = "my shop 1"),
                     1);
    assert_int_equal(DECIDE("allow Pyro.NameServer lookup name my\\ shop", "Pyro.NameServer",
                            "lookup", .name = "my shop"),
                     1);
    assert_int_equal(DECIDE("allow a\\*", "a*", "x"), 1);
    assert_int_equal(DECIDE("allow a\\*", "ab", "x"), 0);
    assert_int_equal(DECIDE("allow a\\*", "a\\*", "x"), 0);
    assert_int_equal(DECIDE("allow *\\**", "ab*cd", "x"), 1);
    assert_int_equal(DECIDE("allow a\\41", "a41", "x"), 1);
    assert_int_equal(DECIDE("allow \\#a", "#a", "x"), 1);
    assert_int_equal(DECIDE("allow shop \"name\"", "shop", "name"), 1);
    assert_int_equal(DECIDE("allow shop fr\\om", "shop", "from"), 1);
    assert_int_equal(DECIDE("allow shop \"\"", "shop", "take"), 0);
    assert_int_equal(DECIDE("allow shop \"\"", "shop", ""), 1);
}

static void peers_are_told_by_their_networks(void **state)
{
    static const char ten[] = "allow shop from 10.0.0.0/8";
    (void)state;
    assert_int_equal(DECIDE(ten, "shop", "x", "10.255.0.1:4711"), 1);
    assert_int_equal(DECIDE(ten, "shop", "x", "11.0.0.1:4711"), 0);
    assert_int_equal(DECIDE(ten, "shop", "x", "[::ffff:10.1.2.3]:4711"), 1);
    assert_int_equal(DECIDE(ten, "shop", "x", "[::10.1.2.3]:4711"), 0);
    assert_int_equal(DECIDE(ten, "shop", "x", "unix socket"), 0);
    assert_int_equal(DECIDE(ten, "shop", "x", "unknown address"), 0);
    assert_int_equal(DECIDE("allow shop from ::ffff:10.0.0.0/104", "shop", "x", "10.9.8.7"), 1);
    assert_int_equal(DECIDE("allow shop from 10.0.0.1", "shop", "x", "10.0.0.1:1"), 1);
    assert_int_equal(DECIDE("allow shop from 10.0.0.1", "shop", "x", "10.0.0.2:1"), 0);
    assert_int_equal(DECIDE("allow shop from 10.0.0.4/30", "shop", "x", "10.0.0.7:1"), 1);
    assert_int_equal(DECIDE("allow shop from 10.0.0.4/30", "shop", "x", "10.0.0.8:1"), 0);
    assert_int_equal(DECIDE("allow shop from fe80::/10", "shop", "x", "[fe80::1%eth0]:1"), 1);
    assert_int_equal(DECIDE("allow shop from fe80::/10", "shop", "x", "[::1]:1"), 0);
    assert_int_equal(DECIDE("allow shop from ::/0", "shop", "x", "[2001:db8::1]:1"), 1);
    assert_int_equal(DECIDE("allow shop from ::/0", "shop", "x", "10.0.0.1:1"), 0);
    assert_int_equal(DECIDE("allow shop from 0.0.0.0/0", "shop", "x", "10.0.0.1:1"), 1);
    assert_int_equal(DECIDE("allow shop from 0.0.0.0/0", "shop", "x", "[2001:db8::1]:1"), 0);
    assert_int_equal(DECIDE("allow shop from unix", "shop", "x", "unix socket"), 1);
    assert_int_equal(DECIDE("allow shop from unix", "shop", "x", "127.0.0.1:1"), 0);
    assert_int_equal(DECIDE("allow shop from *", "shop", "x", "unknown address"), 1);
}

static void users_are_told_by_their_names(void **state)
{
    static const char rules[] = "allow shop buy user ann*\nallow shop list user *";
    (void)state;
    assert_int_equal(DECIDE(rules, "shop", "buy", .user = "anna"), 1);
    assert_int_equal(DECIDE(rules, "shop", "buy", .user = "bob"), 0);
    assert_int_equal(DECIDE(rules, "shop", "buy", .user = "Anna"), 0);
    assert_int_equal(DECIDE(rules, "shop", "list", .user = "bob"), 2);
    assert_int_equal(DECIDE(rules, "shop", "list", .user = ""), 2);
    assert_int_equal(DECIDE(rules, "shop", "list", .cert = "CN=anna"), 0);
    assert_int_equal(DECIDE("deny shop user bob\nallow shop", "shop", "x", .user = "bob"), -1);
    assert_int_equal(DECIDE("deny shop user bob\nallow shop", "shop", "x"), 2);
    assert_int_equal(DECIDE("allow shop \"user\"", "shop", "user"), 1);
    assert_int_equal(DECIDE("allow shop user \"\\*\"", "shop", "x", .user = "bob"), 0);
}

static void peers_are_told_by_their_certificates(void **state)
{
    static const char worker[] = "allow shop cert CN=worker*";
    (void)state;
    assert_int_equal(DECIDE(worker, "shop", "x", .cert = "CN=worker1"), 1);
    assert_int_equal(DECIDE(worker, "shop", "x", .cert = "C=DE,O=Example,CN=worker1"), 1);
    assert_int_equal(DECIDE(worker, "shop", "x", .cert = "O=Example, CN=worker1"), 1);
    assert_int_equal(DECIDE(worker, "shop", "x", .cert = "UID=7+CN=worker1"), 1);
    assert_int_equal(DECIDE(worker, "shop", "x", .cert = "CN=boss"), 0);
    assert_int_equal(DECIDE(worker, "shop", "x", .cert = "cn=worker1"), 0);
    assert_int_equal(DECIDE(worker, "shop", "x", .cert = "O=x\\,CN=worker1"), 0);
    assert_int_equal(DECIDE(worker, "shop", "x", .cert = "O=x\\+CN=worker1"), 0);
    assert_int_equal(DECIDE(worker, "shop", "x", .cert = "O=x\\2CCN=worker1"), 0);
    assert_int_equal(DECIDE(worker, "shop", "x", .cert = ""), 0);
    assert_int_equal(DECIDE(worker, "shop", "x"), 0);
    assert_int_equal(DECIDE("allow shop cert *", "shop", "x"), 0);
    assert_int_equal(DECIDE("allow shop cert *", "shop", "x", .cert = ""), 1);
    assert_int_equal(DECIDE("allow shop cert \"CN=a, b\"", "shop", "x", .cert = "CN=a\\, b"), 1);
    assert_int_equal(
        DECIDE("allow shop cert CN=caf\xc3\xa9", "shop", "x", .cert = "CN=caf\\C3\\A9"), 1);
    assert_int_equal(DECIDE("allow shop cert CN=good", "shop", "x", .cert = "CN=good\\00.evil"), 0);
    assert_int_equal(
        DECIDE("deny shop cert CN=evil\nallow shop", "shop", "x", .cert = "CN=\\65vil"), -1);
    assert_int_equal(DECIDE("allow shop cert CN=a*", "shop", "x", .cert = "CN=a\\"), 1);
}

static void unknown_parts_are_allowed_while_a_rule_may(void **state)
{
    static const char text[] = "deny shop close\n"
                               "deny depot\n"
                               "allow * list\n"
                               "deny * * from 10.0.0.0/8\n"
                               "allow attic from ::1\n";
    (void)state;
    assert_int_equal(DECIDE(text, "shop"), 3);
    assert_int_equal(DECIDE(text, "depot"), -2);
    assert_int_equal(DECIDE(text, "attic", .from = "::1"), 3);
    assert_int_equal(DECIDE("deny *\nallow *", NULL), -1);
    assert_int_equal(DECIDE("deny shop\nallow shop take", NULL), 2);
    assert_int_equal(DECIDE("deny * from 10.0.0.0/8\nallow *", .from = "10.1.1.1"), -1);
    assert_int_equal(DECIDE("deny * from 10.0.0.0/8\nallow *", .from = "11.1.1.1"), 2);
    assert_int_equal(DECIDE("allow shop from ::1", .from = "::2"), 0);
}

static void names_are_asked_for_twice(void **state)
{
    static const char text[] = "deny Pyro.NameServer * name secret.*\n"
                               "allow Pyro.NameServer register name example.*\n"
                               "allow Pyro.NameServer lookup\n";
    (void)state;
#define NS(method_, ...) DECIDE(text, "Pyro.NameServer", method_, __VA_ARGS__)
    assert_int_equal(NS("register", .named = PYRO_NAME_UNREAD), 2);
    assert_int_equal(NS("register", .name = "example.shop"), 2);
    assert_int_equal(NS("register", .name = "other.shop"), 0);
    assert_int_equal(NS("register", .named = PYRO_NAME_NONE), 0);
    assert_int_equal(NS("lookup", .named = PYRO_NAME_UNREAD), 3);
    assert_int_equal(NS("lookup", .name = "other"), 3);
    assert_int_equal(NS("lookup", .name = "secret.x"), -1);
    assert_int_equal(NS("lookup", .name = ""), 3);
    assert_int_equal(NS("remove", .named = PYRO_NAME_UNREAD), 0);
#undef NS
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wrong_lines_are_told),
        cmocka_unit_test(wrong_addresses_are_told),
        cmocka_unit_test(rules_have_a_limit),
        cmocka_unit_test(lack_of_memory_is_told),
        cmocka_unit_test(first_rule_that_matches_decides),
        cmocka_unit_test(names_are_compared_byte_by_byte),
        cmocka_unit_test(wildcards_stand_for_any_characters),
        cmocka_unit_test(quotes_and_backslashes_take_characters_as_they_are),
        cmocka_unit_test(peers_are_told_by_their_networks),
        cmocka_unit_test(peers_are_told_by_their_certificates),
        cmocka_unit_test(users_are_told_by_their_names),
        cmocka_unit_test(unknown_parts_are_allowed_while_a_rule_may),
        cmocka_unit_test(names_are_asked_for_twice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
