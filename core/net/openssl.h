/** @file
 * OpenSSL's functions that are used. They are loaded when the first context for TLS is made: a
 * program that uses no TLS needs no libssl. Private to net/. */
#ifndef PYRO_NET_OPENSSL_H
#define PYRO_NET_OPENSSL_H

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "base/error.h"

/** Those of libssl. */
#define PYRO_OPENSSL_SSL(X)                                                                        \
    X(OPENSSL_init_ssl)                                                                            \
    X(SSL_CTX_ctrl)                                                                                \
    X(SSL_CTX_free)                                                                                \
    X(SSL_CTX_get0_certificate)                                                                    \
    X(SSL_CTX_load_verify_dir)                                                                     \
    X(SSL_CTX_load_verify_file)                                                                    \
    X(SSL_CTX_new)                                                                                 \
    X(SSL_CTX_set_cert_verify_callback)                                                            \
    X(SSL_CTX_set_default_passwd_cb)                                                               \
    X(SSL_CTX_set_default_passwd_cb_userdata)                                                      \
    X(SSL_CTX_set_default_verify_paths)                                                            \
    X(SSL_CTX_set_num_tickets)                                                                     \
    X(SSL_CTX_set_options)                                                                         \
    X(SSL_CTX_set_session_id_context)                                                              \
    X(SSL_CTX_set_session_ticket_cb)                                                               \
    X(SSL_CTX_set_verify)                                                                          \
    X(SSL_CTX_use_PrivateKey_file)                                                                 \
    X(SSL_CTX_use_certificate_chain_file)                                                          \
    X(SSL_SESSION_free)                                                                            \
    X(SSL_SESSION_get0_ticket_appdata)                                                             \
    X(SSL_SESSION_is_resumable)                                                                    \
    X(SSL_SESSION_set1_ticket_appdata)                                                             \
    X(SSL_ctrl)                                                                                    \
    X(SSL_do_handshake)                                                                            \
    X(SSL_free)                                                                                    \
    X(SSL_free_buffers)                                                                            \
    X(SSL_get0_param)                                                                              \
    X(SSL_get0_peer_certificate)                                                                   \
    X(SSL_get0_verified_chain)                                                                     \
    X(SSL_get1_peer_certificate)                                                                   \
    X(SSL_get1_session)                                                                            \
    X(SSL_get_error)                                                                               \
    X(SSL_get_session)                                                                             \
    X(SSL_get_verify_result)                                                                       \
    X(SSL_new)                                                                                     \
    X(SSL_pending)                                                                                 \
    X(SSL_read_ex)                                                                                 \
    X(SSL_session_reused)                                                                          \
    X(SSL_set1_host)                                                                               \
    X(SSL_set_accept_state)                                                                        \
    X(SSL_set_bio)                                                                                 \
    X(SSL_set_connect_state)                                                                       \
    X(SSL_set_hostflags)                                                                           \
    X(SSL_set_session)                                                                             \
    X(SSL_shutdown)                                                                                \
    X(SSL_version)                                                                                 \
    X(SSL_write_ex)                                                                                \
    X(TLS_method)

/** Those of libcrypto. */
#define PYRO_OPENSSL_CRYPTO(X)                                                                     \
    X(ASN1_INTEGER_to_BN)                                                                          \
    X(ASN1_STRING_get0_data)                                                                       \
    X(ASN1_STRING_length)                                                                          \
    X(ASN1_STRING_to_UTF8)                                                                         \
    X(ASN1_TIME_diff)                                                                              \
    X(ASN1_TIME_to_tm)                                                                             \
    X(BIO_clear_flags)                                                                             \
    X(BIO_ctrl)                                                                                    \
    X(BIO_free)                                                                                    \
    X(BIO_get_data)                                                                                \
    X(BIO_meth_free)                                                                               \
    X(BIO_meth_new)                                                                                \
    X(BIO_meth_set_ctrl)                                                                           \
    X(BIO_meth_set_read)                                                                           \
    X(BIO_meth_set_write)                                                                          \
    X(BIO_new)                                                                                     \
    X(BIO_s_mem)                                                                                   \
    X(BIO_set_data)                                                                                \
    X(BIO_set_flags)                                                                               \
    X(BIO_set_init)                                                                                \
    X(BN_bn2hex)                                                                                   \
    X(BN_free)                                                                                     \
    X(CRYPTO_free)                                                                                 \
    X(ERR_clear_error)                                                                             \
    X(ERR_peek_error)                                                                              \
    X(ERR_peek_last_error)                                                                         \
    X(ERR_reason_error_string)                                                                     \
    X(GENERAL_NAMES_free)                                                                          \
    X(GENERAL_NAME_get0_value)                                                                     \
    X(OBJ_obj2txt)                                                                                 \
    X(OPENSSL_sk_num)                                                                              \
    X(OPENSSL_sk_value)                                                                            \
    X(X509_NAME_ENTRY_get_data)                                                                    \
    X(X509_NAME_ENTRY_get_object)                                                                  \
    X(X509_NAME_ENTRY_set)                                                                         \
    X(X509_NAME_entry_count)                                                                       \
    X(X509_NAME_get_entry)                                                                         \
    X(X509_NAME_print_ex)                                                                          \
    X(X509_STORE_CTX_get0_cert)                                                                    \
    X(X509_STORE_CTX_get_current_cert)                                                             \
    X(X509_STORE_CTX_get_error)                                                                    \
    X(X509_VERIFY_PARAM_set1_ip_asc)                                                               \
    X(X509_cmp_current_time)                                                                       \
    X(X509_free)                                                                                   \
    X(X509_get0_notAfter)                                                                          \
    X(X509_get0_notBefore)                                                                         \
    X(X509_get0_serialNumber)                                                                      \
    X(X509_get_ext_d2i)                                                                            \
    X(X509_get_issuer_name)                                                                        \
    X(X509_get_subject_name)                                                                       \
    X(X509_get_version)                                                                            \
    X(X509_up_ref)                                                                                 \
    X(X509_verify_cert)                                                                            \
    X(X509_verify_cert_error_string)

struct pyro_openssl {
#define X(function) __typeof__ (&(function))(function);
    PYRO_OPENSSL_SSL(X)
    PYRO_OPENSSL_CRYPTO(X)
#undef X
};

/** Loads OpenSSL 3, the first time, and returns its functions, which stay loaded until the process
 * ends. NULL with the error (PYRO_EOS) where it is not installed. */
const struct pyro_openssl *pyro_openssl_load(struct pyro_error *err);

/** Returns the functions that have been loaded: for those whom OpenSSL calls. */
const struct pyro_openssl *pyro_openssl(void);

#endif
