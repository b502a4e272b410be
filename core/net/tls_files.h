/** @file
 * Certificates and keys in files: reading them, what is wrong with them, and whether they changed.
 * Private to net/. */
#ifndef PYRO_NET_TLS_FILES_H
#define PYRO_NET_TLS_FILES_H

#include <sys/stat.h>

#include "net/openssl.h"
#include "net/tls_context.h"

/** The state of a file when it was read. */
struct pyro_tls_stamp {
    struct timespec changed;
    ino_t inode;
    off_t size;
};

enum { PYRO_TLS_FILES = 3 }; /**< certificate, key, authorities */

/** The settings of a context, in strings of its own, and how its files looked when last read. */
struct pyro_tls_files {
    struct pyro_tls_settings settings;
    char *texts[PYRO_TLS_FILES + 1]; /**< those of the settings; NULL: not set */
    struct pyro_tls_stamp stamps[PYRO_TLS_FILES];
};

/** Copies settings; false: out of memory. */
bool pyro_tls_files_copy(struct pyro_tls_files *files, const struct pyro_tls_settings *settings);

void pyro_tls_files_free(struct pyro_tls_files *files);

/** Returns whether these are the settings. */
bool pyro_tls_files_match(const struct pyro_tls_files *files,
                          const struct pyro_tls_settings *settings);

/** Looks at the files; returns whether one has changed since the last time. */
bool pyro_tls_files_changed(struct pyro_tls_files *files);

/** Reads certificate, key and authorities into `ssl`. */
enum pyro_code pyro_tls_files_read(const struct pyro_tls_files *files,
                                   const struct pyro_openssl *api, SSL_CTX *ssl,
                                   struct pyro_error *err);

#endif
