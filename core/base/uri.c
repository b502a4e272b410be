#include "base/uri.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"

static const char *const protocol_names[] = {"PYRO", "PYRONAME", "PYROMETA"};

const char *pyro_uri_protocol_name(enum pyro_uri_protocol protocol)
{
    return protocol_names[protocol];
}

bool pyro_uri_protocol_find(struct pyro_slice name, enum pyro_uri_protocol *protocol)
{
    for (size_t i = 0; i < PYRO_COUNT(protocol_names); i++) {
        if (pyro_slice_equals(name, protocol_names[i])) {
            *protocol = (enum pyro_uri_protocol)i;
            return true;
        }
    }
    return false;
}

/* The refused text, fit for a message: control characters escaped, cut when long. */
static enum pyro_code refuse(struct pyro_error *err, const char *what, struct pyro_slice text)
{
    char quoted[200];
    size_t at = 0;
    for (size_t i = 0; i < text.length && at < sizeof(quoted) - 8; i++) {
        unsigned char c = (unsigned char)text.data[i];
        int wrote = c < 0x20 || c == 0x7f ? snprintf(quoted + at, 5, "\\x%02x", c)
                                          : snprintf(quoted + at, 2, "%c", c);
        at += (size_t)wrote;
    }
    snprintf(quoted + at, sizeof(quoted) - at, "%s", at >= sizeof(quoted) - 8 ? "..." : "");
    return pyro_error_set(err, PYRO_EPYRO, "%s: '%s'", what, quoted);
}

static bool is_space(char c)
{
    return strchr(" \t\r\n\v\f", c) && c;
}

/* Splits "protocol:object@location"; the location is everything after the first '@' that has
 * something on both sides. */
static bool split(struct pyro_slice text, struct pyro_slice *protocol, struct pyro_slice *object,
                  struct pyro_slice *location)
{
    const char *end = text.data + text.length;
    const char *colon = text.length ? memchr(text.data, ':', text.length) : NULL;
    if (!colon || colon + 1 == end)
        return false;
    *protocol = pyro_slice(text.data, (size_t)(colon - text.data));
    const char *at = colon + 2; /* an object has at least one character */
    while (at < end && !(*at == '@' && at + 1 < end))
        at++;
    *object = pyro_slice(colon + 1, (size_t)(at - colon - 1));
    *location = at < end ? pyro_slice(at + 1, (size_t)(end - at - 1)) : pyro_slice(NULL, 0);
    for (size_t i = 0; i < object->length; i++)
        if (is_space(object->data[i]))
            return false;
    return !memchr(text.data, '\0', text.length);
}

static bool upper(struct pyro_slice name, char *out, size_t size)
{
    if (name.length >= size)
        return false;
    for (size_t i = 0; i < name.length; i++)
        out[i] = (char)toupper((unsigned char)name.data[i]);
    out[name.length] = '\0';
    return strncmp(out, "PYRO", 4) == 0;
}

static bool parse_port(struct pyro_slice text, uint16_t *port)
{
    unsigned long value = 0;
    for (size_t i = 0; i < text.length; i++) {
        if (!isdigit((unsigned char)text.data[i]))
            return false;
        value = value * 10 + (unsigned long)(text.data[i] - '0');
        if (value > 65535)
            return false;
    }
    *port = (uint16_t)value;
    return text.length > 0;
}

/* "host:port", "[::1]:port", "./u:path" into the URI. */
static enum pyro_code parse_location(struct pyro_uri *uri, struct pyro_slice location,
                                     uint16_t default_port, struct pyro_slice whole,
                                     struct pyro_error *err)
{
    struct pyro_slice host = location, port = {NULL, 0};
    if (location.length >= 4 && memcmp(location.data, "./u:", 4) == 0) {
        struct pyro_slice path = pyro_slice(location.data + 4, location.length - 4);
        if (path.length == 0 || memchr(path.data, ':', path.length))
            return refuse(err, "invalid uri (location)", whole);
        uri->sockname = pyro_copy_text(path.data, path.length);
        return uri->sockname ? PYRO_OK : pyro_error_memory(err);
    }
    const char *end = location.data + location.length, *separator;
    if (location.data[0] == '[') {
        if (location.length > 1 && location.data[1] == '[')
            return refuse(err, "invalid ipv6 address: enclosed in too many brackets", whole);
        const char *bracket = memchr(location.data, ']', location.length);
        host = pyro_slice(location.data + 1, bracket ? (size_t)(bracket - location.data - 1) : 0);
        for (size_t i = 0; i < host.length; i++)
            if (!isxdigit((unsigned char)host.data[i]) && !strchr(":%.", host.data[i]))
                host.length = 0;
        if (host.length == 0 || (bracket + 1 < end && bracket[1] != ':'))
            return refuse(err,
                          "invalid ipv6 address: the part between brackets must be a numeric ipv6 "
                          "address",
                          whole);
        separator = bracket + 1 < end ? bracket + 1 : NULL;
    } else {
        separator = memchr(location.data, ':', location.length);
        if (separator)
            host.length = (size_t)(separator - location.data);
    }
    if (separator)
        port = pyro_slice(separator + 1, (size_t)(end - separator - 1));
    if (host.length == 0)
        return refuse(err, "invalid uri (location)", whole);
    uri->port = default_port;
    if (port.length == 0 ? default_port == 0 : !parse_port(port, &uri->port))
        return refuse(err, "invalid port in uri", whole);
    uri->host = pyro_copy_text(host.data, host.length);
    return uri->host ? PYRO_OK : pyro_error_memory(err);
}

/* PYROMETA tags are trimmed. They hold no spaces anyway, but may be empty. */
static enum pyro_code check_tags(struct pyro_slice object, struct pyro_slice whole,
                                 struct pyro_error *err)
{
    for (size_t i = 0; i < object.length; i++)
        if (object.data[i] != ',')
            return PYRO_OK;
    return refuse(err, "invalid uri (no tags)", whole);
}

enum pyro_code pyro_uri_parse(struct pyro_uri *uri, struct pyro_slice text, uint16_t default_port,
                              struct pyro_error *err)
{
    struct pyro_slice protocol, object, location;
    char name[16];
    *uri = (struct pyro_uri){.object = NULL};
    if (!split(text, &protocol, &object, &location))
        return refuse(err, "invalid uri", text);
    if (!upper(protocol, name, sizeof(name)) ||
        !pyro_uri_protocol_find(pyro_slice_text(name), &uri->protocol))
        return refuse(err, strncmp(name, "PYRO", 4) == 0 ? "invalid uri (protocol)" : "invalid uri",
                      text);
    if (uri->protocol == PYRO_URI_PYRO && location.length == 0)
        return refuse(err, "invalid uri", text);
    enum pyro_code code = PYRO_OK;
    if (uri->protocol == PYRO_URI_PYROMETA)
        code = check_tags(object, text, err);
    if (code == PYRO_OK && location.length > 0)
        code = parse_location(uri, location, uri->protocol == PYRO_URI_PYRO ? 0 : default_port,
                              text, err);
    if (code == PYRO_OK && !(uri->object = pyro_copy_text(object.data, object.length)))
        code = pyro_error_memory(err);
    if (code != PYRO_OK)
        pyro_uri_free(uri);
    return code;
}

static bool copy_optional(char **to, const char *from)
{
    *to = from ? pyro_copy_text(from, strlen(from)) : NULL;
    return *to || !from;
}

enum pyro_code pyro_uri_make(struct pyro_uri *uri, enum pyro_uri_protocol protocol,
                             const char *object, const char *host, const char *sockname,
                             uint16_t port, struct pyro_error *err)
{
    struct pyro_uri made = {.protocol = protocol, .port = host ? port : 0};
    *uri = (struct pyro_uri){.object = NULL};
    if (!copy_optional(&made.object, object) || !copy_optional(&made.host, host) ||
        !copy_optional(&made.sockname, sockname)) {
        pyro_uri_free(&made);
        return pyro_error_memory(err);
    }
    *uri = made;
    return PYRO_OK;
}

enum pyro_code pyro_uri_copy(struct pyro_uri *to, const struct pyro_uri *from,
                             struct pyro_error *err)
{
    return pyro_uri_make(to, from->protocol, from->object, from->host, from->sockname, from->port,
                         err);
}

void pyro_uri_free(struct pyro_uri *uri)
{
    pyro_free(uri->object);
    pyro_free(uri->host);
    pyro_free(uri->sockname);
    *uri = (struct pyro_uri){.object = NULL};
}

static bool same(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

bool pyro_uri_equals(const struct pyro_uri *a, const struct pyro_uri *b)
{
    return a->protocol == b->protocol && a->port == b->port && same(a->object, b->object) &&
           same(a->host, b->host) && same(a->sockname, b->sockname);
}

bool pyro_uri_location(const struct pyro_uri *uri, struct pyro_buffer *out)
{
    char port[8];
    if (uri->sockname)
        return pyro_buffer_append(out, "./u:", 4) &&
               pyro_buffer_append(out, uri->sockname, strlen(uri->sockname));
    if (!uri->host)
        return true;
    bool brackets = strchr(uri->host, ':') != NULL;
    int length = snprintf(port, sizeof(port), ":%u", (unsigned)uri->port);
    return pyro_buffer_append(out, "[", brackets) &&
           pyro_buffer_append(out, uri->host, strlen(uri->host)) &&
           pyro_buffer_append(out, "]", brackets) &&
           pyro_buffer_append(out, port, (size_t)length);
}

bool pyro_uri_text(const struct pyro_uri *uri, struct pyro_buffer *out)
{
    const char *protocol = pyro_uri_protocol_name(uri->protocol);
    return pyro_buffer_append(out, protocol, strlen(protocol)) &&
           pyro_buffer_append(out, ":", 1) &&
           pyro_buffer_append(out, uri->object, uri->object ? strlen(uri->object) : 0) &&
           pyro_buffer_append(out, "@", uri->host || uri->sockname) &&
           pyro_uri_location(uri, out);
}
