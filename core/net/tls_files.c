#include "net/tls_files.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>

#include "base/escape.h"
#include "base/memory.h"
#include "net/certificate_read.h"
#include "net/tls_error.h"

/* --- settings --- */

static const char *or_null(const char *text)
{
    return text && *text ? text : NULL;
}

bool pyro_tls_files_copy(struct pyro_tls_files *files, const struct pyro_tls_settings *settings)
{
    const char *const texts[] = {or_null(settings->certificate), or_null(settings->key),
                                 or_null(settings->authorities), or_null(settings->password)};
    *files = (struct pyro_tls_files){
        .settings = {.server = settings->server, .require = settings->require}};
    for (size_t i = 0; i < PYRO_COUNT(texts); i++) {
        if (texts[i] && !(files->texts[i] = pyro_copy_text(texts[i], strlen(texts[i])))) {
            pyro_tls_files_free(files);
            return false;
        }
    }
    files->settings.certificate = files->texts[0];
    files->settings.key = files->texts[1];
    files->settings.authorities = files->texts[2];
    files->settings.password = files->texts[3];
    return true;
}

void pyro_tls_files_free(struct pyro_tls_files *files)
{
    for (size_t i = 0; i < PYRO_COUNT(files->texts); i++)
        pyro_free(files->texts[i]);
    *files = (struct pyro_tls_files){.settings = {.server = false}};
}

static bool is_same(const char *own, const char *other)
{
    other = or_null(other);
    return own && other ? strcmp(own, other) == 0 : own == other;
}

bool pyro_tls_files_match(const struct pyro_tls_files *files,
                          const struct pyro_tls_settings *settings)
{
    const struct pyro_tls_settings *own = &files->settings;
    return own->server == settings->server && own->require == settings->require &&
           is_same(own->certificate, settings->certificate) && is_same(own->key, settings->key) &&
           is_same(own->authorities, settings->authorities) &&
           is_same(own->password, settings->password);
}

/* --- changes --- */

/* Mixes what is in a folder into its stamp: a file may change while the folder does not. */
static void stamp_folder(const char *path, struct pyro_tls_stamp *stamp)
{
    DIR *folder = opendir(path);
    const struct dirent *entry;
    struct stat found;
    while (folder && (entry = readdir(folder)) != NULL) {
        if (*entry->d_name == '.' || fstatat(dirfd(folder), entry->d_name, &found, 0) != 0)
            continue;
        stamp->inode = stamp->inode * 31 + found.st_ino;
        stamp->inode = stamp->inode * 31 + (ino_t)found.st_ctim.tv_sec;
        stamp->inode = stamp->inode * 31 + (ino_t)found.st_ctim.tv_nsec;
    }
    if (folder)
        closedir(folder);
}

static struct pyro_tls_stamp stamp(const char *path)
{
    struct stat found;
    if (!path || stat(path, &found) != 0)
        return (struct pyro_tls_stamp){.inode = 0};
    struct pyro_tls_stamp stamp = {
        .changed = found.st_mtim, .inode = found.st_ino, .size = found.st_size};
    if (S_ISDIR(found.st_mode))
        stamp_folder(path, &stamp);
    return stamp;
}

static bool differ(const struct pyro_tls_stamp *a, const struct pyro_tls_stamp *b)
{
    return a->changed.tv_sec != b->changed.tv_sec || a->changed.tv_nsec != b->changed.tv_nsec ||
           a->inode != b->inode || a->size != b->size;
}

bool pyro_tls_files_changed(struct pyro_tls_files *files)
{
    bool changed = false;
    for (size_t i = 0; i < PYRO_TLS_FILES; i++) {
        struct pyro_tls_stamp now = stamp(files->texts[i]);
        changed |= differ(&now, &files->stamps[i]);
        files->stamps[i] = now;
    }
    return changed;
}

/* --- reading --- */

/* One file, and what a message calls it. */
struct source {
    const char *setting;
    char shown[160];
    const char *path;
};

static struct source source(const char *setting, const char *path)
{
    struct source source = {.setting = setting, .path = path};
    pyro_escape(source.shown, sizeof(source.shown), pyro_slice_text(path));
    return source;
}

static enum pyro_code check_readable(const struct source *source, struct pyro_error *err)
{
    FILE *file = fopen(source->path, "re");
    if (!file)
        return pyro_error_set(err, PYRO_EOS, "%s: cannot read %s: %s", source->setting,
                              source->shown, strerror(errno));
    fclose(file);
    return PYRO_OK;
}

/* Checks that the certificate is valid today: with another one nobody would connect. */
static enum pyro_code check_dates(const struct pyro_openssl *api, SSL_CTX *ssl,
                                  const struct source *source, struct pyro_error *err)
{
    const X509 *own = api->SSL_CTX_get0_certificate(ssl);
    char date[PYRO_TLS_DATE_SIZE];
    if (own && api->X509_cmp_current_time(api->X509_get0_notAfter(own)) < 0) {
        pyro_tls_date(api, api->X509_get0_notAfter(own), date);
        return pyro_error_set(err, PYRO_EVALUE, "%s: the certificate in %s expired on %s: renew it",
                              source->setting, source->shown, date);
    }
    if (own && api->X509_cmp_current_time(api->X509_get0_notBefore(own)) > 0) {
        pyro_tls_date(api, api->X509_get0_notBefore(own), date);
        return pyro_error_set(err, PYRO_EVALUE,
                              "%s: the certificate in %s is not valid before %s: look at the clock",
                              source->setting, source->shown, date);
    }
    return PYRO_OK;
}

static enum pyro_code read_certificate(const struct pyro_openssl *api, SSL_CTX *ssl,
                                       const struct source *source, struct pyro_error *err)
{
    enum pyro_code code = check_readable(source, err);
    if (code != PYRO_OK)
        return code;
    if (api->SSL_CTX_use_certificate_chain_file(ssl, source->path) != 1)
        return pyro_error_set(err, PYRO_EVALUE, "%s: %s holds no certificate that can be used: %s",
                              source->setting, source->shown, pyro_tls_reason(api));
    return check_dates(api, ssl, source, err);
}

/* Gives OpenSSL the password of a key, and notes that it was asked for. */
struct password {
    const char *text;
    bool asked;
};

static int give_password(char *out, int size, int writing, void *context)
{
    struct password *password = context;
    size_t length = password->text ? strlen(password->text) : 0;
    (void)writing;
    password->asked = true;
    if (length == 0 || length > (size_t)size)
        return -1;
    memcpy(out, password->text, length);
    return (int)length;
}

static bool is_mismatch(unsigned long code)
{
    return ERR_GET_LIB(code) == ERR_LIB_X509 &&
           (ERR_GET_REASON(code) == X509_R_KEY_VALUES_MISMATCH ||
            ERR_GET_REASON(code) == X509_R_KEY_TYPE_MISMATCH);
}

static enum pyro_code refuse_key(const struct pyro_openssl *api, const struct source *source,
                                 const struct source *certificate, const struct password *password,
                                 struct pyro_error *err)
{
    if (is_mismatch(api->ERR_peek_last_error()))
        return pyro_error_set(err, PYRO_EVALUE,
                              "%s: the key in %s is not that of the certificate in %s",
                              source->setting, source->shown, certificate->shown);
    if (password->asked && !password->text)
        return pyro_error_set(err, PYRO_EVALUE, "%s: the key in %s is encrypted: set %sPASSWD",
                              source->setting, source->shown, source->setting);
    if (password->asked)
        return pyro_error_set(err, PYRO_EVALUE, "%sPASSWD is not the password of the key in %s",
                              source->setting, source->shown);
    return pyro_error_set(err, PYRO_EVALUE, "%s: %s holds no private key that can be used: %s",
                          source->setting, source->shown, pyro_tls_reason(api));
}

static enum pyro_code read_key(const struct pyro_tls_files *files, const struct pyro_openssl *api,
                               SSL_CTX *ssl, const struct source *certificate,
                               struct pyro_error *err)
{
    const struct pyro_tls_settings *settings = &files->settings;
    struct password password = {.text = settings->password};
    struct source key = source(settings->server ? "SSL_SERVERKEY" : "SSL_CLIENTKEY",
                               settings->key ? settings->key : certificate->path);
    enum pyro_code code = check_readable(&key, err);
    if (code != PYRO_OK)
        return code;
    api->SSL_CTX_set_default_passwd_cb(ssl, give_password);
    api->SSL_CTX_set_default_passwd_cb_userdata(ssl, &password);
    api->ERR_clear_error();
    if (api->SSL_CTX_use_PrivateKey_file(ssl, key.path, SSL_FILETYPE_PEM) != 1)
        code = refuse_key(api, &key, certificate, &password, err);
    api->SSL_CTX_set_default_passwd_cb_userdata(ssl, NULL);
    return code;
}

static enum pyro_code read_own(const struct pyro_tls_files *files, const struct pyro_openssl *api,
                               SSL_CTX *ssl, struct pyro_error *err)
{
    const struct pyro_tls_settings *settings = &files->settings;
    if (!settings->certificate)
        return PYRO_OK;
    struct source certificate =
        source(settings->server ? "SSL_SERVERCERT" : "SSL_CLIENTCERT", settings->certificate);
    enum pyro_code code = read_certificate(api, ssl, &certificate, err);
    return code == PYRO_OK ? read_key(files, api, ssl, &certificate, err) : code;
}

static enum pyro_code read_authorities(const struct pyro_tls_files *files,
                                       const struct pyro_openssl *api, SSL_CTX *ssl,
                                       struct pyro_error *err)
{
    if (!files->settings.authorities)
        return PYRO_OK;
    struct stat found;
    struct source from = source("SSL_CACERTS", files->settings.authorities);
    enum pyro_code code = check_readable(&from, err);
    if (code != PYRO_OK)
        return code;
    bool folder = stat(from.path, &found) == 0 && S_ISDIR(found.st_mode);
    api->ERR_clear_error();
    if ((folder ? api->SSL_CTX_load_verify_dir(ssl, from.path)
                : api->SSL_CTX_load_verify_file(ssl, from.path)) == 1)
        return PYRO_OK;
    return pyro_error_set(err, PYRO_EVALUE, "SSL_CACERTS: %s holds no certificates: %s", from.shown,
                          pyro_tls_reason(api));
}

/* Completes our chain by the authorities that we know, as OpenSSL does in each handshake else: that
 * verifies a signature. The last authority, which the other side has to know, is left out. */
static void complete_chain(const struct pyro_openssl *api, SSL_CTX *ssl)
{
    const OPENSSL_STACK *chain = NULL;
    long flags = SSL_BUILD_CHAIN_FLAG_NO_ROOT | SSL_BUILD_CHAIN_FLAG_IGNORE_ERROR;
    api->SSL_CTX_ctrl(ssl, SSL_CTRL_GET_CHAIN_CERTS, 0, (void *)&chain);
    if (!chain && api->SSL_CTX_get0_certificate(ssl))
        api->SSL_CTX_ctrl(ssl, SSL_CTRL_BUILD_CERT_CHAIN, flags, NULL);
}

/* Refuses settings that do not go together. */
static enum pyro_code check_settings(const struct pyro_tls_settings *settings,
                                     struct pyro_error *err)
{
    if (settings->server && !settings->certificate)
        return pyro_error_set(err, PYRO_EVALUE,
                              "SSL asks for TLS, which needs a certificate: set SSL_SERVERCERT to "
                              "its file");
    if (!settings->certificate && settings->key)
        return pyro_error_set(
            err, PYRO_EVALUE,
            "SSL_CLIENTKEY needs its certificate: set SSL_CLIENTCERT to its file");
    if (settings->require && !settings->authorities)
        return pyro_error_set(err, PYRO_EVALUE,
                              "SSL_REQUIRECLIENTCERT needs the certificate of the clients' "
                              "authority: set SSL_CACERTS to its file");
    return PYRO_OK;
}

enum pyro_code pyro_tls_files_read(const struct pyro_tls_files *files,
                                   const struct pyro_openssl *api, SSL_CTX *ssl,
                                   struct pyro_error *err)
{
    enum pyro_code code = check_settings(&files->settings, err);
    if (code == PYRO_OK)
        code = read_own(files, api, ssl, err);
    if (code == PYRO_OK)
        code = read_authorities(files, api, ssl, err);
    if (code == PYRO_OK)
        complete_chain(api, ssl);
    api->ERR_clear_error();
    return code;
}
