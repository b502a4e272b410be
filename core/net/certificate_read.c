/* Reads certificates into strings. Whoever made one may have put anything into it: what is no
 * UTF-8, or not seen, is escaped; in the subject as RFC 2253 does, so that nobody can be taken for
 * another. */
#include "net/certificate_read.h"

#include <stdio.h>
#include <time.h>

#include "base/escape.h"
#include "base/memory.h"

/* Most bytes of a subject, or an issuer: rules are compared with all of it. */
#define NAME_SIZE 4096

void pyro_tls_date(const struct pyro_openssl *api, const ASN1_TIME *time,
                   char out[PYRO_TLS_DATE_SIZE])
{
    static const char months[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct tm at;
    *out = '\0';
    if (api->ASN1_TIME_to_tm(time, &at) == 1)
        snprintf(out, PYRO_TLS_DATE_SIZE, "%s %2d %02d:%02d:%02d %d GMT",
                 months[(unsigned)at.tm_mon % 12], at.tm_mday, at.tm_hour, at.tm_min, at.tm_sec,
                 at.tm_year + 1900);
}

/* A certificate that is being read. */
struct reader {
    const struct pyro_openssl *api;
    struct pyro_certificate *to;
    bool complete; /* there was memory for all */
};

/* Adds a string, and returns its place. It is not cut: contexts limit how much a peer may send. */
static size_t add_text(struct reader *reader, struct pyro_slice text)
{
    struct pyro_buffer *to = &reader->to->text;
    size_t place = to->length, size = text.length * (PYRO_ESCAPED_SIZE - 1) + 8;
    char *shown = pyro_buffer_reserve(to, size);
    if (shown) {
        pyro_escape(shown, size, text);
        to->length += strlen(shown) + 1;
    }
    reader->complete = reader->complete && shown;
    return place;
}

static void add_part(struct reader *reader, enum pyro_certificate_list list, unsigned set,
                     struct pyro_slice field, struct pyro_slice value)
{
    struct pyro_certificate_part part = {.list = list, .set = set};
    part.field = add_text(reader, field);
    part.value = add_text(reader, value);
    if (!pyro_buffer_append(&reader->to->parts, &part, sizeof(part)))
        reader->complete = false;
}

static void read_entry(struct reader *reader, enum pyro_certificate_list list,
                       const X509_NAME_ENTRY *entry)
{
    const struct pyro_openssl *api = reader->api;
    unsigned char *value = NULL;
    char field[80] = "";
    api->OBJ_obj2txt(field, sizeof(field), api->X509_NAME_ENTRY_get_object(entry), 0);
    int length = api->ASN1_STRING_to_UTF8(&value, api->X509_NAME_ENTRY_get_data(entry));
    add_part(reader, list, (unsigned)api->X509_NAME_ENTRY_set(entry), pyro_slice_text(field),
             pyro_slice(length > 0 ? (char *)value : "", length > 0 ? (size_t)length : 0));
    if (length >= 0)
        api->CRYPTO_free(value, __FILE__, __LINE__);
}

static void read_name(struct reader *reader, enum pyro_certificate_list list, const X509_NAME *name)
{
    for (int i = 0; i < reader->api->X509_NAME_entry_count(name); i++)
        read_entry(reader, list, reader->api->X509_NAME_get_entry(name, i));
}

/* --- alternative names --- */

static struct pyro_slice string_of(const struct pyro_openssl *api, const void *string)
{
    return pyro_slice((const char *)api->ASN1_STRING_get0_data(string),
                      (size_t)api->ASN1_STRING_length(string));
}

/* Writes an address as Python does. */
static struct pyro_slice show_address(struct pyro_slice bytes, char out[64])
{
    const unsigned char *at = (const unsigned char *)bytes.data;
    int length = 0;
    if (bytes.length == 4)
        length = snprintf(out, 64, "%d.%d.%d.%d", at[0], at[1], at[2], at[3]);
    for (size_t i = 0; bytes.length == 16 && i < 16; i += 2)
        length += snprintf(out + length, 64 - (size_t)length, i == 0 ? "%X" : ":%X",
                           (unsigned)(at[i] << 8 | at[i + 1]));
    return length > 0 ? pyro_slice(out, (size_t)length) : pyro_slice_text("<invalid>");
}

static void read_alternative(struct reader *reader, const GENERAL_NAME *name, unsigned number)
{
    static const struct {
        int type;
        const char *field;
    } kinds[] = {
        {GEN_DNS, "DNS"}, {GEN_EMAIL, "email"}, {GEN_URI, "URI"}, {GEN_IPADD, "IP Address"}};
    char address[64];
    int type = -1;
    const void *string = reader->api->GENERAL_NAME_get0_value(name, &type);
    for (size_t i = 0; i < PYRO_COUNT(kinds); i++) {
        if (kinds[i].type != type)
            continue;
        struct pyro_slice value = string_of(reader->api, string);
        if (type == GEN_IPADD)
            value = show_address(value, address);
        add_part(reader, PYRO_CERTIFICATE_ALTERNATIVES, number, pyro_slice_text(kinds[i].field),
                 value);
    }
}

static void read_alternatives(struct reader *reader, const X509 *from)
{
    const struct pyro_openssl *api = reader->api;
    GENERAL_NAMES *names = api->X509_get_ext_d2i(from, NID_subject_alt_name, NULL, NULL);
    int count = names ? api->OPENSSL_sk_num((const OPENSSL_STACK *)names) : 0;
    for (int i = 0; i < count; i++)
        read_alternative(reader, api->OPENSSL_sk_value((const OPENSSL_STACK *)names, i),
                         (unsigned)i);
    api->GENERAL_NAMES_free(names);
}

/* --- the rest --- */

/* Writes a name as RFC 2253 does. Returns NULL where there is no memory. */
static BIO *print_name(const struct pyro_openssl *api, const X509_NAME *name, unsigned long flags)
{
    BIO *out = api->BIO_new(api->BIO_s_mem());
    if (out && api->X509_NAME_print_ex(out, name, 0, flags) >= 0)
        return out;
    api->BIO_free(out);
    return NULL;
}

/* Adds a name, if it has a bearable length: half a name would be another's. */
static size_t add_name(struct reader *reader, struct pyro_slice text)
{
    size_t place = reader->to->text.length;
    if (text.length > NAME_SIZE || !pyro_buffer_append(&reader->to->text, text.data, text.length) ||
        !pyro_buffer_append(&reader->to->text, "", 1))
        reader->complete = false;
    return place;
}

static struct pyro_slice printed(const struct pyro_openssl *api, BIO *out)
{
    char *text = NULL;
    long length = out ? api->BIO_ctrl(out, BIO_CTRL_INFO, 0, (char *)&text) : 0;
    return pyro_slice(length > 0 ? text : "", length > 0 ? (size_t)length : 0);
}

/* Adds a name in UTF-8; where that has characters that are not seen, in ASCII. */
static size_t show_name(struct reader *reader, const X509_NAME *name)
{
    const struct pyro_openssl *api = reader->api;
    BIO *out = print_name(api, name, XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB);
    if (pyro_escapes(printed(api, out))) {
        api->BIO_free(out);
        out = print_name(api, name, XN_FLAG_RFC2253);
    }
    size_t place = add_name(reader, printed(api, out));
    reader->complete = reader->complete && out;
    api->BIO_free(out);
    return place;
}

/* Adds a value to a line of them. A comma, which separates these, is escaped: in a name, only one
 * who wants to have another name as well uses it. */
static bool add_value(struct pyro_buffer *line, const char *value)
{
    bool good = true;
    for (; good && *value; value++)
        good = *value == ',' ? pyro_buffer_append(line, "\\x2c", 4)
                             : pyro_buffer_append(line, value, 1);
    return good;
}

/* Writes the alternative names that were read in one line. */
static size_t show_alternatives(struct reader *reader)
{
    struct pyro_buffer line = {.data = NULL};
    size_t count, place = reader->to->text.length;
    const struct pyro_certificate_part *parts = pyro_certificate_parts(reader->to, &count);
    bool good = true;
    for (size_t i = 0; i < count; i++) {
        if (parts[i].list != PYRO_CERTIFICATE_ALTERNATIVES)
            continue;
        const char *field = pyro_certificate_text(reader->to, parts[i].field);
        const char *value = pyro_certificate_text(reader->to, parts[i].value);
        good = good && pyro_buffer_append(&line, ", ", line.length > 0 ? 2 : 0) &&
               pyro_buffer_append(&line, field, strlen(field)) &&
               pyro_buffer_append(&line, ":", 1) && add_value(&line, value);
    }
    good = good && pyro_buffer_append(&line, "", 1) &&
           pyro_buffer_append(&reader->to->text, line.data, line.length);
    reader->complete = reader->complete && good;
    pyro_buffer_free(&line);
    return place;
}

static size_t read_serial(struct reader *reader, const X509 *from)
{
    const struct pyro_openssl *api = reader->api;
    BIGNUM *number = api->ASN1_INTEGER_to_BN(api->X509_get0_serialNumber(from), NULL);
    char *text = number ? api->BN_bn2hex(number) : NULL;
    const char *shown = text && strcmp(text, "0") != 0 ? text : "00"; /* whole bytes, as others */
    size_t place = add_text(reader, pyro_slice_text(shown));
    reader->complete = reader->complete && text;
    api->CRYPTO_free(text, __FILE__, __LINE__);
    api->BN_free(number);
    return place;
}

static size_t read_date(struct reader *reader, const ASN1_TIME *time)
{
    char date[PYRO_TLS_DATE_SIZE];
    pyro_tls_date(reader->api, time, date);
    return add_text(reader, pyro_slice_text(date));
}

struct pyro_certificate *pyro_certificate_read(const struct pyro_openssl *api, X509 *from)
{
    struct pyro_certificate *to = pyro_calloc(1, sizeof(*to));
    struct reader reader = {.api = api, .to = to, .complete = true};
    if (!to)
        return NULL;
    read_name(&reader, PYRO_CERTIFICATE_SUBJECT, api->X509_get_subject_name(from));
    read_name(&reader, PYRO_CERTIFICATE_ISSUER, api->X509_get_issuer_name(from));
    read_alternatives(&reader, from);
    to->subject = show_name(&reader, api->X509_get_subject_name(from));
    to->issuer = show_name(&reader, api->X509_get_issuer_name(from));
    to->names = show_alternatives(&reader);
    to->serial = read_serial(&reader, from);
    to->not_before = read_date(&reader, api->X509_get0_notBefore(from));
    to->not_after = read_date(&reader, api->X509_get0_notAfter(from));
    to->version = (int)api->X509_get_version(from) + 1;
    if (reader.complete)
        return to;
    pyro_certificate_free(to);
    return NULL;
}
