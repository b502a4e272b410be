/** @file
 * What tests of the embedding API share: an object in C, and the two sides of a connection. */
#ifndef SPEC_SUPPORT_EMBED_PEER_H
#define SPEC_SUPPORT_EMBED_PEER_H

#include <pthread.h>
#include <pyrolua.h>

struct sensor {
    double celsius;
    char unit[16];
    int calibrated;
    int released;
    pyrolua_runtime *runtime;
    pyrolua_daemon *daemon;
    char peer[128];
};

extern const pyrolua_class sensor_class;

/** A runtime that serves a sensor in a thread. */
struct server {
    pthread_t thread;
    pthread_barrier_t ready;
    struct sensor sensor;
    char uri[128];
    int outcome;
};

void start_server(struct server *server);
void join_server(struct server *server);

/** A runtime with a proxy of that sensor. */
struct client {
    struct server server;
    pyrolua_runtime *runtime;
    pyrolua_proxy *proxy;
};

/** Fixtures: the second is for tests that end both runtimes in the ordinary way, the third for
 * those in which the server ends by itself. */
int set_client_up(void **state);
int tear_client_down(void **state);
int free_client(void **state);

#define WITH_CLIENT(test) cmocka_unit_test_setup_teardown(test, set_client_up, tear_client_down)
#define WITH_END(test) cmocka_unit_test_setup_teardown(test, set_client_up, free_client)

pyrolua_call *new_call(struct client *client, const char *method);

/** Counts of a completion callback. */
struct tally {
    int good, bad;
    double sum;
    int free;
    char class_name[64], message[80];
    int code;
    pyrolua_runtime *to_free;
};

void on_done(void *owner, pyrolua_call *call, const pyrolua_error *error);
void send_scale(struct client *client, int factor, struct tally *tally);

#endif
