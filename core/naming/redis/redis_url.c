#include "naming/redis/redis_url.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define PORT 6379
#define SENTINEL_PORT 26379
#define LONGEST_PREFIX 100
#define MOST_REPLICAS 100

static const struct scheme {
    const char *name;
    bool tls, sentinel;
} schemes[] = {
    {"redis://", false, false}, {"rediss://", true, false}, {"redis+sentinel://", false, true}};

static const struct scheme *find_scheme(const char *text)
{
    for (size_t i = 0; i < PYRO_COUNT(schemes); i++)
        if (strncmp(text, schemes[i].name, strlen(schemes[i].name)) == 0)
            return &schemes[i];
    return NULL;
}

bool redis_url_is(const char *text)
{
    return find_scheme(text);
}

/* Undoes %NN in place; false where there is a NUL, or no such digits. */
static bool decode(char *text)
{
    char *to = text;
    for (const char *from = text; *from; from++) {
        if (*from != '%') {
            *to++ = *from;
            continue;
        }
        if (!isxdigit((unsigned char)from[1]) || !isxdigit((unsigned char)from[2]))
            return false;
        char digits[] = {from[1], from[2], '\0'};
        *to = (char)strtol(digits, NULL, 16);
        if (*to++ == '\0')
            return false;
        from += 2;
    }
    *to = '\0';
    return true;
}

/* Cuts the string at the first of a character, and returns what comes behind; NULL: none is there.
 */
static char *cut(char *text, char at)
{
    char *found = strchr(text, at);
    if (found)
        *found++ = '\0';
    return found;
}

static enum pyro_code parse_user(struct redis_url *url, char *text, struct pyro_error *err)
{
    url->password = cut(text, ':');
    url->user = *text ? text : NULL;
    if (!url->password || !*url->password)
        return pyro_error_set(err, PYRO_EVALUE,
                              "there is no password in the storage's URL: it is written "
                              "user:password@host, or :password@host");
    if (!decode(url->password) || (url->user && !decode(url->user)))
        return pyro_error_set(err, PYRO_EVALUE,
                              "user or password in the storage's URL: a %% has to be written %%25");
    return PYRO_OK;
}

/* Reads a number of at least `least` and at most `most`; false where it is none. */
static bool read_number(const char *text, long least, long most, long *number)
{
    char *end;
    if (!isdigit((unsigned char)*text))
        return false;
    *number = strtol(text, &end, 10);
    return *end == '\0' && *number >= least && *number <= most;
}

/* Separates a host, which may be an address in brackets, and what follows it. NULL: the bracket is
 * not closed. */
static char *after_host(char **host)
{
    if (**host != '[')
        return *host + strcspn(*host, ":");
    char *end = cut(++*host, ']');
    return end;
}

static enum pyro_code parse_place(struct redis_place *place, char *text, long port,
                                  struct pyro_error *err)
{
    place->host = text;
    char *rest = after_host(&place->host);
    if (!rest || (*rest && *rest != ':'))
        return pyro_error_set(err, PYRO_EVALUE,
                              "invalid host in the storage's URL: '%.80s'; an IPv6 address is "
                              "written [::1]:6379",
                              text);
    if (*rest == ':') {
        *rest++ = '\0';
        if (!read_number(rest, 1, 65535, &port))
            return pyro_error_set(err, PYRO_EVALUE, "invalid port in the storage's URL: '%.80s'",
                                  rest);
    }
    if (!*place->host)
        return pyro_error_set(err, PYRO_EVALUE, "there is no host in the storage's URL");
    place->port = (uint16_t)port;
    return PYRO_OK;
}

static enum pyro_code parse_places(struct redis_url *url, char *text, bool sentinel,
                                   struct pyro_error *err)
{
    enum pyro_code code = PYRO_OK;
    for (char *next = text; next && code == PYRO_OK; text = next) {
        next = sentinel ? cut(text, ',') : NULL;
        if (url->count == REDIS_PLACES)
            return pyro_error_set(err, PYRO_EVALUE, "the storage's URL has more than %d hosts",
                                  REDIS_PLACES);
        code = parse_place(&url->places[url->count++], text, sentinel ? SENTINEL_PORT : PORT, err);
        if (!next)
            break;
    }
    return code;
}

static enum pyro_code parse_prefix(struct redis_url *url, char *text, struct pyro_error *err)
{
    url->prefix = "pyro";
    if (!text || !*text)
        return PYRO_OK;
    if (!decode(text) || strpbrk(text, "{}/") || strlen(text) > LONGEST_PREFIX)
        return pyro_error_set(err, PYRO_EVALUE,
                              "invalid prefix in the storage's URL: '%.80s'; it has at most %d "
                              "bytes, and none of {}/",
                              text, LONGEST_PREFIX);
    url->prefix = text;
    return PYRO_OK;
}

static enum pyro_code parse_options(struct redis_url *url, const char *text, struct pyro_error *err)
{
    long wait = -1;
    if (text && (strncmp(text, "wait=", 5) != 0 || !read_number(text + 5, 0, MOST_REPLICAS, &wait)))
        return pyro_error_set(err, PYRO_EVALUE,
                              "invalid option in the storage's URL: '%.80s'; there is ?wait=N, the "
                              "number of replicas that have to confirm a change",
                              text);
    url->wait = (int)wait;
    return PYRO_OK;
}

/* Parses what is behind the scheme. A password may have anything in it, but for the last @. */
static enum pyro_code parse(struct redis_url *url, const struct scheme *scheme, char *rest,
                            struct pyro_error *err)
{
    char *at = strrchr(rest, '@');
    if (at) {
        *at = '\0';
        if (parse_user(url, rest, err) != PYRO_OK)
            return err->code;
        rest = at + 1;
    }
    const char *options = cut(rest, '?');
    char *path = cut(rest, '/');
    if (scheme->sentinel) {
        url->master = path;
        path = path ? cut(path, '/') : NULL;
        if (!url->master || !*url->master || !decode(url->master))
            return pyro_error_set(err, PYRO_EVALUE,
                                  "the storage's URL has to name the primary as the Sentinels do: "
                                  "redis+sentinel://host:port,host:port/mymaster");
    }
    enum pyro_code code = parse_places(url, rest, scheme->sentinel, err);
    if (code == PYRO_OK)
        code = parse_prefix(url, path, err);
    return code == PYRO_OK ? parse_options(url, options, err) : code;
}

enum pyro_code redis_url_parse(struct redis_url *url, const char *text, struct pyro_error *err)
{
    const struct scheme *scheme = find_scheme(text);
    *url = (struct redis_url){.tls = scheme && scheme->tls};
    if (!scheme)
        return pyro_error_set(err, PYRO_EVALUE, "this is no URL of Redis");
    url->text = pyro_copy_text(text, strlen(text));
    if (!url->text)
        return pyro_error_memory(err);
    enum pyro_code code = parse(url, scheme, url->text + strlen(scheme->name), err);
    if (code != PYRO_OK)
        redis_url_free(url);
    return code;
}

void redis_url_free(struct redis_url *url)
{
    if (url->password)
        explicit_bzero(url->password, strlen(url->password));
    pyro_free(url->text);
    *url = (struct redis_url){.text = NULL};
}
