/** @file
 * What the tests of core/rpc share: a runtime by a fake clock, and messages in msgpack. */
#ifndef SPEC_RPC_FIXTURE_H
#define SPEC_RPC_FIXTURE_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/config_set.h"
#include "base/memory.h"
#include "record.h"
#include "rpc/client.h"
#include "rpc/listening.h"
#include "support/fake_clock.h"
#include "support/faults.h"
#include "support/scripted_peer.h"

/** {"handshake": "hello", "meta": {"methods": ["echo"], "oneway": ["note"], "attrs": []}} */
#define WELCOME                                                                                    \
    "82a968616e647368616b65a568656c6c6fa46d65746183a76d6574686f647391a46563686fa66f6e6577617991a4" \
    "6e6f7465a5617474727390"

static inline int set_runtime_up(void **state)
{
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_runtime *runtime = calloc(1, sizeof(*runtime));
    assert_int_equal(pyro_runtime_open(runtime, NULL, &err), PYRO_OK);
    assert_int_equal(
        pyro_log_set(&runtime->log, &(struct pyro_log_settings){"CRITICAL", NULL, NULL}, &err),
        PYRO_OK);
    fake_clock_start();
    *state = runtime;
    return 0;
}

static inline int tear_runtime_down(void **state)
{
    struct pyro_runtime *runtime = *state;
    faults_clear();
    pyro_runtime_close(runtime);
    fake_clock_stop();
    free(runtime);
    return 0;
}

#define WITH_RUNTIME(test) cmocka_unit_test_setup_teardown(test, set_runtime_up, tear_runtime_down)

/** The path of a Unix socket for this process. */
static inline const char *socket_path(void)
{
    static char path[64];
    snprintf(path, sizeof(path), "/tmp/pyrolua-%ld.sock", (long)getpid());
    return path;
}

/** Sets a setting by its name. */
static inline void set_text(struct pyro_runtime *runtime, const char *name, const char *value)
{
    struct pyro_error err = {.code = PYRO_OK};
    const struct pyro_setting setting = {pyro_config_find(name), ""};
    assert_int_equal(pyro_config_set_text(&runtime->config, setting, value, &err), PYRO_OK);
}

static inline void send_hex(struct scripted_peer *peer, struct pyro_header header, const char *hex)
{
    struct pyro_slice data = unhex(hex);
    header.serializer = PYRO_SERIALIZER_MSGPACK;
    peer_send_message(peer, &pyro_protocol_502, &header, data.data, data.length);
    test_free((char *)data.data);
}

/** Lets the loop run what is due, without time passing. */
static inline void run_loop(struct pyro_runtime *runtime)
{
    for (int i = 0; i < 5; i++)
        pyro_loop_step(runtime->loop, 0);
}

/** Sends a message at once, without a step of the loop. */
static inline void send_unheard(struct scripted_peer *peer, struct pyro_header header,
                                const char *hex)
{
    struct pyro_slice data = unhex(hex);
    struct pyro_buffer out = {.data = NULL};
    struct pyro_draft draft;
    header.serializer = PYRO_SERIALIZER_MSGPACK;
    assert_int_equal(pyro_message_begin(&draft, &out, &pyro_protocol_502, &header, NULL, 0, NULL),
                     PYRO_OK);
    assert_true(pyro_buffer_append(&out, data.data, data.length));
    assert_int_equal(pyro_message_end(&draft, 0, false, NULL), PYRO_OK);
    assert_int_equal(write(peer->descriptor, out.data, out.length), (ssize_t)out.length);
    pyro_buffer_free(&out);
    test_free((char *)data.data);
}

/** Runs the loop with the n-th allocation failing. Returns whether there were so many. */
static inline bool run_short_of_memory(struct pyro_runtime *runtime, unsigned long nth)
{
    pyro_memory_fail_at(nth);
    run_loop(runtime);
    return pyro_memory_fail_at(0) == 0;
}

/** Holds a conversation again and again, where a system call of each kind fails at each place. */
static inline void fail_each_call(struct pyro_runtime *runtime, const enum fault_call *kinds,
                                  size_t count, void (*converse)(struct pyro_runtime *runtime))
{
    for (size_t i = 0; i < count; i++) {
        bool reached = true;
        for (unsigned nth = 1; reached; nth++) {
            fault_fail(kinds[i], nth, ECONNRESET);
            converse(runtime);
            reached = !faults_pending();
            faults_clear();
        }
    }
}

#endif
