/** @file
 * Sockets that listen. */
#ifndef PYRO_NET_BIND_H
#define PYRO_NET_BIND_H

#include <sys/stat.h>
#include <uv.h>

#include "net/listener.h"

/** The most addresses of one name that are listened on. */
#define PYRO_LISTEN_ADDRESSES 8

/** Makes sockets that listen on all addresses of this machine that the options' host has, at one
 * port. Returns how many, or libuv's code of the error. */
int pyro_listen_tcp(uv_loop_t *loop, const struct pyro_listen_options *options,
                    int fds[PYRO_LISTEN_ADDRESSES]);

/** The file of a Unix socket. */
struct pyro_socket_file {
    char path[108]; /**< "": there is none that is to be removed */
    dev_t device;
    ino_t number;
};

/** Makes a Unix socket that listens. A file that another one left behind is replaced. Returns the
 * descriptor, or libuv's code of the error. */
int pyro_listen_unix(const char *path, struct pyro_socket_file *file);

/** Removes the file, unless another has taken its place. */
void pyro_socket_file_remove(const struct pyro_socket_file *file);

#endif
