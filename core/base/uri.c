/* Parsing and formatting URIs, by the rules and with the messages of Pyro's URI class. */
#include "base/uri.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/escape.h"
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

static enum pyro_code refuse(struct pyro_error *err, const char *what, struct pyro_slice text)
{
    char quoted[200];
    pyro_escape(quoted, sizeof(quoted), text);
    return pyro_error_set(err, PYRO_EPYRO, "%s: '%s'", what, quoted);
}

/* Returns whether Python's \S excludes the character, as far as ASCII goes. */
static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r') || (c >= 0x1c && c <= 0x1f);
}

static bool is_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool is_protocol(struct pyro_slice name)
{
    for (size_t i = 0; i < name.length; i++)
        if (!is_letter(name.data[i]))
            return false;
    return name.length >= 4 && strncasecmp(name.data, "PYRO", 4) == 0;
}

/* Refuses what is in no form of a URI. A name alone may be meant as one in the name server. */
static enum pyro_code refuse_form(struct pyro_error *err, struct pyro_slice text)
{
    bool name = text.length > 0 && text.length <= 60;
    for (size_t i = 0; i < text.length && name; i++)
        name = text.data[i] > ' ' && text.data[i] < 0x7f && text.data[i] != ':';
    if (!name)
        return refuse(err, "invalid uri", text);
    return pyro_error_set(err, PYRO_EPYRO,
                          "invalid uri: '%.*s'; a name in the name server is PYRONAME:%.*s",
                          (int)text.length, text.data, (int)text.length, text.data);
}

/* Splits "protocol:object@location"; the location is everything after the first '@' that has
 * something on both sides. */
static bool split(struct pyro_slice text, struct pyro_slice *protocol, struct pyro_slice *object,
                  struct pyro_slice *location)
{
    const char *colon = text.length ? memchr(text.data, ':', text.length) : NULL;
    if (!colon || memchr(text.data, '\0', text.length) || memchr(text.data, '\n', text.length))
        return false;
    const char *end = text.data + text.length;
    *protocol = pyro_slice(text.data, (size_t)(colon - text.data));
    if (colon + 1 == end || !is_protocol(*protocol))
        return false;
    const char *at = colon + 2; /* an object has at least one character */
    while (at < end && !(*at == '@' && at + 1 < end))
        at++;
    *object = pyro_slice(colon + 1, (size_t)(at - colon - 1));
    *location = at < end ? pyro_slice(at + 1, (size_t)(end - at - 1)) : pyro_slice(NULL, 0);
    for (size_t i = 0; i < object->length; i++)
        if (is_space(object->data[i]))
            return false;
    return true;
}

static bool find_any_case(struct pyro_slice name, enum pyro_uri_protocol *protocol)
{
    for (size_t i = 0; i < PYRO_COUNT(protocol_names); i++) {
        if (name.length == strlen(protocol_names[i]) &&
            strncasecmp(name.data, protocol_names[i], name.length) == 0) {
            *protocol = (enum pyro_uri_protocol)i;
            return true;
        }
    }
    return false;
}

/* Without a `fallback` the port must be there. */
static enum pyro_code parse_port(struct pyro_slice text, const uint16_t *fallback,
                                 struct pyro_slice whole, uint16_t *port, struct pyro_error *err)
{
    char shown[24], what[64];
    unsigned value = 0;
    size_t i = 0;
    if (text.length == 0 && fallback) {
        *port = *fallback;
        return PYRO_OK;
    }
    for (; i < text.length && text.data[i] >= '0' && text.data[i] <= '9' && value <= UINT16_MAX;
         i++)
        value = value * 10 + (unsigned)(text.data[i] - '0');
    if (text.length > 0 && i == text.length && value <= UINT16_MAX) {
        *port = (uint16_t)value;
        return PYRO_OK;
    }
    pyro_escape(shown, sizeof(shown), text.length > 0 ? text : pyro_slice_text("None"));
    snprintf(what, sizeof(what), "invalid port in uri, port=%s", shown);
    return refuse(err, what, whole);
}

/* Splits "[::1]:port": `host` is what is between the brackets. */
static enum pyro_code split_brackets(struct pyro_slice location, struct pyro_slice whole,
                                     struct pyro_slice *host, struct pyro_slice *port,
                                     struct pyro_error *err)
{
    const char *end = location.data + location.length;
    const char *bracket = memchr(location.data, ']', location.length);
    if (location.length > 1 && location.data[1] == '[')
        return refuse(err, "invalid ipv6 address: enclosed in too many brackets", whole);
    *host = pyro_slice(location.data + 1, bracket ? (size_t)(bracket - location.data - 1) : 0);
    for (size_t i = 0; i < host->length; i++)
        if (!isxdigit((unsigned char)host->data[i]) && !strchr(":%.", host->data[i]))
            host->length = 0;
    if (host->length == 0 || (bracket + 1 < end && bracket[1] != ':'))
        return refuse(err,
                      "invalid ipv6 address: the part between brackets must be a numeric ipv6 "
                      "address",
                      whole);
    if (bracket + 1 < end)
        *port = pyro_slice(bracket + 2, (size_t)(end - bracket - 2));
    return PYRO_OK;
}

static enum pyro_code parse_socket_name(struct pyro_uri *uri, struct pyro_slice path,
                                        struct pyro_slice whole, struct pyro_error *err)
{
    if (path.length == 0 || memchr(path.data, ':', path.length))
        return refuse(err, "invalid uri (location)", whole);
    uri->sockname = pyro_copy_text(path.data, path.length);
    return uri->sockname ? PYRO_OK : pyro_error_memory(err);
}

/* "host:port", "[::1]:port", "./u:path" into the URI. */
static enum pyro_code parse_location(struct pyro_uri *uri, struct pyro_slice location,
                                     const uint16_t *default_port, struct pyro_slice whole,
                                     struct pyro_error *err)
{
    struct pyro_slice host = location, port = {NULL, 0};
    enum pyro_code code = PYRO_OK;
    if (location.length >= 4 && memcmp(location.data, "./u:", 4) == 0)
        return parse_socket_name(uri, pyro_slice(location.data + 4, location.length - 4), whole,
                                 err);
    const char *colon = memchr(location.data, ':', location.length);
    if (location.data[0] == '[') {
        code = split_brackets(location, whole, &host, &port, err);
    } else if (colon) {
        host.length = (size_t)(colon - location.data);
        port = pyro_slice(colon + 1, location.length - host.length - 1);
    }
    bool nameless = pyro_slice_equals(host, "./u"); /* with a port, it would be a Unix socket */
    if (code == PYRO_OK && (host.length == 0 || nameless))
        code = refuse(err, "invalid uri (location)", whole);
    if (code == PYRO_OK)
        code = parse_port(port, default_port, whole, &uri->port, err);
    if (code == PYRO_OK && !(uri->host = pyro_copy_text(host.data, host.length)))
        code = pyro_error_memory(err);
    return code;
}

/* Returns whether no tag of PYROMETA is empty. Tags need no trimming, as an object holds no spaces.
 */
static bool has_tags(struct pyro_slice object)
{
    for (size_t i = 0; i < object.length; i++)
        if (object.data[i] != ',')
            return true;
    return false;
}

enum pyro_code pyro_uri_parse(struct pyro_uri *uri, struct pyro_slice text, uint16_t default_port,
                              struct pyro_error *err)
{
    struct pyro_slice protocol, object, location;
    enum pyro_code code = PYRO_OK;
    *uri = (struct pyro_uri){.object = NULL};
    if (!split(text, &protocol, &object, &location))
        return refuse_form(err, text);
    if (!find_any_case(protocol, &uri->protocol))
        return refuse(err, "invalid uri (protocol)", text);
    if (uri->protocol == PYRO_URI_PYRO && location.length == 0)
        return refuse_form(err, text);
    if (uri->protocol == PYRO_URI_PYROMETA && !has_tags(object))
        return refuse(err, "invalid uri (no tags)", text);
    if (location.length > 0)
        code = parse_location(uri, location, uri->protocol == PYRO_URI_PYRO ? NULL : &default_port,
                              text, err);
    if (code == PYRO_OK && !(uri->object = pyro_copy_text(object.data, object.length)))
        code = pyro_error_memory(err);
    if (code != PYRO_OK)
        pyro_uri_free(uri);
    return code;
}

enum pyro_code pyro_uri_at(struct pyro_uri *uri, const char *object, struct pyro_slice location,
                           uint16_t default_port, struct pyro_error *err)
{
    enum pyro_code code = PYRO_OK;
    *uri = (struct pyro_uri){.protocol = PYRO_URI_PYRO};
    bool fit = location.length > 0 && !memchr(location.data, '\0', location.length);
    for (size_t i = 0; i < location.length && fit; i++)
        fit = !is_space(location.data[i]);
    if (!fit)
        return refuse(err, "invalid location", location);
    code = parse_location(uri, location, &default_port, location, err);
    if (code == PYRO_OK && !(uri->object = pyro_copy_text(object, strlen(object))))
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

void pyro_uri_place(const struct pyro_uri *uri, char out[PYRO_PLACE_SIZE])
{
    if (uri->sockname)
        snprintf(out, PYRO_PLACE_SIZE, "%s", uri->sockname);
    else
        snprintf(out, PYRO_PLACE_SIZE, "('%s', %u)", uri->host, (unsigned)uri->port);
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
           pyro_buffer_append(out, "]", brackets) && pyro_buffer_append(out, port, (size_t)length);
}

bool pyro_uri_text(const struct pyro_uri *uri, struct pyro_buffer *out)
{
    const char *protocol = pyro_uri_protocol_name(uri->protocol);
    return pyro_buffer_append(out, protocol, strlen(protocol)) && pyro_buffer_append(out, ":", 1) &&
           pyro_buffer_append(out, uri->object, uri->object ? strlen(uri->object) : 0) &&
           pyro_buffer_append(out, "@", uri->host || uri->sockname) && pyro_uri_location(uri, out);
}
