/** @file
 * libmicrohttpd's functions that are used. They are loaded when the first server is made: a program
 * that serves no HTTP needs no libmicrohttpd. Private to http/. */
#ifndef PYRO_HTTP_MICROHTTPD_H
#define PYRO_HTTP_MICROHTTPD_H

#include <microhttpd.h>

#include "base/error.h"

#define PYRO_MICROHTTPD(X)                                                                         \
    X(MHD_add_connection)                                                                          \
    X(MHD_add_response_header)                                                                     \
    X(MHD_create_response_from_buffer)                                                             \
    X(MHD_create_response_from_callback)                                                           \
    X(MHD_destroy_response)                                                                        \
    X(MHD_get_connection_info)                                                                     \
    X(MHD_get_connection_values_n)                                                                 \
    X(MHD_get_daemon_info)                                                                         \
    X(MHD_get_timeout)                                                                             \
    X(MHD_http_unescape)                                                                           \
    X(MHD_lookup_connection_value_n)                                                               \
    X(MHD_queue_response)                                                                          \
    X(MHD_resume_connection)                                                                       \
    X(MHD_run)                                                                                     \
    X(MHD_start_daemon)                                                                            \
    X(MHD_stop_daemon)                                                                             \
    X(MHD_suspend_connection)

struct microhttpd {
#define X(function) __typeof__ (&(function))(function);
    PYRO_MICROHTTPD(X)
#undef X
};

/** Loads libmicrohttpd, the first time, and returns its functions, which stay loaded until the
 * process ends. NULL with the error (PYRO_EOS) where it is not installed. */
const struct microhttpd *microhttpd_load(struct pyro_error *err);

#endif
