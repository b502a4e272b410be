/* Rules that say who may call what.
 *
 * The words of a line become patterns in place, in a copy of the text: quotes go, and a backslash
 * stays before a character that is meant as itself, so that a `*` without one is the wildcard. */
#include "rpc/allow.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "base/memory.h"
#include "rpc/object.h"

/* Rules of a file. Each call may have to be compared with all of them. */
#define MOST_RULES 10000

struct pyro_allow {
    char *text; /* that the patterns lie in */
    struct pyro_rule *rules;
    size_t count, capacity;
};

/* --- words --- */

struct word {
    struct pyro_slice text;
    bool quoted; /* in part: it is no keyword */
};

/* The line that is being read. */
struct line {
    const char *file;
    unsigned number;
    char *at, *end;
    struct pyro_error *err;
};

static enum pyro_code refuse(const struct line *line, const char *what, struct pyro_slice word,
                             const char *instead)
{
    char shown[64];
    pyro_escape(shown, sizeof(shown), word);
    return pyro_error_set(line->err, PYRO_EVALUE, "%.200s:%u: %s%s%s%s", line->file, line->number,
                          what, word.data ? "'" : "", word.data ? shown : "", instead);
}

static enum pyro_code refuse_line(const struct line *line, const char *what)
{
    return refuse(line, what, pyro_slice(NULL, 0), "");
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* Makes a pattern of the word that begins here. */
static enum pyro_code take_pattern(struct line *line, struct word *word)
{
    char *out = line->at;
    bool inside = false;
    *word = (struct word){.text = pyro_slice(out, 0)};
    for (; line->at < line->end && (inside || !is_space(*line->at)); line->at++) {
        if (*line->at == '"') {
            inside = !inside;
            word->quoted = true;
            continue;
        }
        if (*line->at == '\\') {
            *out++ = *line->at++;
            if (line->at == line->end)
                return refuse_line(line, "nothing follows the backslash");
        }
        *out++ = *line->at;
    }
    word->text.length = (size_t)(out - word->text.data);
    return inside ? refuse_line(line, "a quote is not closed") : PYRO_OK;
}

/* Takes the next word of the line; its data are NULL where there is none. */
static enum pyro_code take_word(struct line *line, struct word *word)
{
    while (line->at < line->end && is_space(*line->at))
        line->at++;
    *word = (struct word){.text.data = NULL};
    if (line->at == line->end || *line->at == '#')
        return PYRO_OK;
    return take_pattern(line, word);
}

static bool is_keyword(const struct word *word, const char *keyword)
{
    return word->text.data && !word->quoted && pyro_slice_equals(word->text, keyword);
}

static bool is_clause(const struct word *word)
{
    return is_keyword(word, "name") || is_keyword(word, "from") || is_keyword(word, "cert") ||
           is_keyword(word, "user");
}

/* --- addresses --- */

/* The number of bits in "ADDRESS/BITS", whose address may have `most`; -1 where it is none. */
static int parse_bits(const char *text, int most)
{
    char *end;
    if (!isdigit((unsigned char)*text))
        return -1;
    long bits = strtol(text, &end, 10);
    return *end == '\0' && bits <= most ? (int)bits : -1;
}

/* Clears the bits behind the first ones. Returns whether they were clear. */
static bool clear_rest(unsigned char address[PYRO_PEER_ADDRESS], unsigned bits)
{
    bool clear = true;
    for (unsigned i = 0; i < PYRO_PEER_ADDRESS; i++) {
        unsigned kept = bits > 8 * i ? bits - 8 * i : 0;
        unsigned mask = kept >= 8 ? 0xffu : (0xff00u >> kept) & 0xffu;
        clear = clear && (address[i] & ~mask) == 0;
        address[i] = (unsigned char)(address[i] & mask);
    }
    return clear;
}

/* Reads "ADDRESS" or "ADDRESS/BITS". */
static enum pyro_code read_network(const struct line *line, struct pyro_slice word,
                                   struct pyro_rule *rule)
{
    char text[64];
    const char *shape = "' is no address; write one such as 10.0.0.0/8, fd00::/8, unix or *";
    pyro_escape(text, sizeof(text), word);
    char *slash = strchr(text, '/');
    if (slash)
        *slash = '\0';
    if (!pyro_peer_parse(text, rule->address))
        return refuse(line, "", word, shape);
    bool dotted = !strchr(text, ':');
    int most = dotted ? 32 : 128;
    int bits = slash ? parse_bits(slash + 1, most) : most;
    if (bits < 0)
        return refuse(line, "", word,
                      dotted ? "' has no number of bits from 0 to 32"
                             : "' has no number of bits from 0 to 128");
    rule->kind = PYRO_PEER_IP;
    rule->bits = (unsigned)bits + (dotted ? 96 : 0);
    bool ipv4 = pyro_peer_is_ipv4(rule->address);
    if (!clear_rest(rule->address, rule->bits) || ipv4 != pyro_peer_is_ipv4(rule->address))
        return refuse(line, "", word, "' is an address in the network, not that of the network");
    return PYRO_OK;
}

static enum pyro_code read_place(const struct line *line, struct pyro_slice word,
                                 struct pyro_rule *rule)
{
    if (pyro_slice_equals(word, "*"))
        return PYRO_OK;
    if (!pyro_slice_equals(word, "unix"))
        return read_network(line, word, rule);
    rule->kind = PYRO_PEER_UNIX;
    return PYRO_OK;
}

/* --- rules --- */

/* Returns where a rule has the pattern that follows a keyword. */
static struct pyro_slice *pattern_of(struct pyro_rule *rule, const struct word *keyword)
{
    if (is_keyword(keyword, "name"))
        return &rule->name;
    return is_keyword(keyword, "cert") ? &rule->subject : &rule->user;
}

/* Reads what follows a clause's keyword. */
static enum pyro_code read_clause(struct line *line, const struct word *keyword,
                                  struct pyro_rule *rule, bool *placed)
{
    struct word word;
    enum pyro_code code = take_word(line, &word);
    if (code != PYRO_OK)
        return code;
    bool from = is_keyword(keyword, "from");
    struct pyro_slice *pattern = pattern_of(rule, keyword);
    if (!word.text.data)
        return refuse(line, "nothing follows ", keyword->text, "'");
    if (from ? *placed : pattern->data != NULL)
        return refuse(line, "there are two of ", keyword->text, "'");
    *placed = *placed || from;
    if (from)
        return read_place(line, word.text, rule);
    *pattern = word.text;
    return PYRO_OK;
}

static enum pyro_code read_clauses(struct line *line, struct word word, struct pyro_rule *rule)
{
    bool placed = false;
    enum pyro_code code = PYRO_OK;
    for (; word.text.data && code == PYRO_OK; code = code ? code : take_word(line, &word)) {
        if (!is_clause(&word))
            return refuse(line, "there may be name, from, cert and user, but not ", word.text, "'");
        code = read_clause(line, &word, rule, &placed);
    }
    return code;
}

static enum pyro_code read_rule(struct line *line, const struct word *first, struct pyro_rule *rule)
{
    struct word word;
    *rule = (struct pyro_rule){.allow = is_keyword(first, "allow"), .line = line->number};
    if (!rule->allow && !is_keyword(first, "deny"))
        return refuse(line, "a rule begins with allow or deny, not ", first->text, "'");
    enum pyro_code code = take_word(line, &word);
    if (code == PYRO_OK && !word.text.data)
        code = refuse_line(line, "the rule lacks an object");
    if (code != PYRO_OK)
        return code;
    rule->object = word.text;
    code = take_word(line, &word);
    if (code == PYRO_OK && word.text.data && !is_clause(&word)) {
        rule->method = word.text;
        code = take_word(line, &word);
    }
    if (code == PYRO_OK)
        code = read_clauses(line, word, rule);
    if (code == PYRO_OK && rule->name.data &&
        !pyro_slice_equals(rule->object, PYRO_NAMESERVER_NAME))
        code = refuse(line, "only rules of " PYRO_NAMESERVER_NAME " may have a name, not those of ",
                      rule->object, "'");
    return code;
}

static struct pyro_rule *add_rule(struct pyro_allow *allow)
{
    if (allow->count == allow->capacity) {
        size_t capacity = allow->capacity ? 2 * allow->capacity : 16;
        struct pyro_rule *rules = pyro_realloc(allow->rules, capacity * sizeof(*rules));
        if (!rules)
            return NULL;
        allow->rules = rules;
        allow->capacity = capacity;
    }
    return &allow->rules[allow->count++];
}

/* Finds what no line may have. */
static enum pyro_code check_line(const struct line *line)
{
    for (const char *p = line->at; p < line->end;) {
        size_t length = pyro_utf8_sequence((const unsigned char *)p, (size_t)(line->end - p));
        if (length == 0)
            return refuse_line(line, "the line is not UTF-8");
        if (((unsigned char)*p < ' ' || *p == 0x7f) && !is_space(*p))
            return refuse_line(line, "the line has a control character");
        p += length;
    }
    return PYRO_OK;
}

static enum pyro_code read_line(struct pyro_allow *allow, struct line *line)
{
    struct word first;
    enum pyro_code code = check_line(line);
    if (code == PYRO_OK)
        code = take_word(line, &first);
    if (code != PYRO_OK || !first.text.data)
        return code;
    if (allow->count == MOST_RULES)
        return refuse_line(line, "there are too many rules");
    struct pyro_rule *rule = add_rule(allow);
    return rule ? read_rule(line, &first, rule) : pyro_error_memory(line->err);
}

static enum pyro_code read_lines(struct pyro_allow *allow, const char *file, size_t length,
                                 struct pyro_error *err)
{
    struct line line = {.file = file, .err = err};
    char *at = allow->text, *end = allow->text + length;
    enum pyro_code code = PYRO_OK;
    while (code == PYRO_OK && at < end) {
        char *next = memchr(at, '\n', (size_t)(end - at));
        line.number++;
        line.at = at;
        line.end = next ? next : end;
        at = line.end + 1;
        code = read_line(allow, &line);
    }
    return code;
}

enum pyro_code pyro_allow_parse(struct pyro_allow **out, const char *file, struct pyro_slice text,
                                struct pyro_error *err)
{
    struct pyro_allow *allow = pyro_calloc(1, sizeof(*allow));
    *out = NULL;
    if (!allow || !(allow->text = pyro_copy_text(text.data, text.length))) {
        pyro_free(allow);
        return pyro_error_memory(err);
    }
    enum pyro_code code = read_lines(allow, file, text.length, err);
    if (code == PYRO_OK)
        *out = allow;
    else
        pyro_allow_free(allow);
    return code;
}

void pyro_allow_free(struct pyro_allow *allow)
{
    if (!allow)
        return;
    pyro_free(allow->text);
    pyro_free(allow->rules);
    pyro_free(allow);
}

/* --- matching --- */

static int hex(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* Takes a byte off the front of a text, in which RFC 2253 may have escaped it. */
static char take_byte(struct pyro_slice *text, bool escaped)
{
    size_t length = 1;
    char byte = text->data[0];
    if (escaped && byte == '\\' && text->length > 2 && hex(text->data[1]) >= 0 &&
        hex(text->data[2]) >= 0) {
        byte = (char)(hex(text->data[1]) * 16 + hex(text->data[2]));
        length = 3;
    } else if (escaped && byte == '\\' && text->length > 1) {
        byte = text->data[1];
        length = 2;
    }
    text->data += length;
    text->length -= length;
    return byte;
}

/* Takes a character that is meant as itself off the front of a pattern. */
static char take_literal(struct pyro_slice *pattern)
{
    size_t length = *pattern->data == '\\' ? 2 : 1;
    pattern->data += length;
    pattern->length -= length;
    return pattern->data[-1];
}

/* Takes the same byte off pattern and text. Returns false, and leaves them, where they differ. */
static bool take_same(struct pyro_slice *pattern, struct pyro_slice *text, bool escaped)
{
    struct pyro_slice p = *pattern, t = *text;
    if (p.length == 0 || take_literal(&p) != take_byte(&t, escaped))
        return false;
    *pattern = p;
    *text = t;
    return true;
}

/* Takes the wildcards off the front of a pattern. Returns whether there was one. */
static bool take_wildcard(struct pyro_slice *pattern)
{
    size_t length = pattern->length;
    for (; pattern->length > 0 && *pattern->data == '*'; pattern->length--)
        pattern->data++;
    return pattern->length < length;
}

/* Returns whether a pattern matches all of a text. What follows a wildcard is tried at one place
 * after the other; once a later wildcard is reached, the earlier one stays where it is. */
static bool matches(struct pyro_slice pattern, struct pyro_slice text, bool escaped)
{
    struct pyro_slice after = {.data = NULL}, tried = {.data = NULL};
    while (text.length > 0) {
        if (take_wildcard(&pattern)) {
            after = pattern;
            tried = text;
        } else if (!take_same(&pattern, &text, escaped)) {
            if (!after.data)
                return false;
            (void)take_byte(&tried, escaped);
            pattern = after;
            text = tried;
        }
    }
    take_wildcard(&pattern);
    return pattern.length == 0;
}

/* Returns the length of the attribute at the front of a subject. */
static size_t attribute_length(struct pyro_slice subject)
{
    size_t i = 0;
    while (i < subject.length && subject.data[i] != ',' && subject.data[i] != '+')
        i += subject.data[i] == '\\' && i + 1 < subject.length ? 2 : 1;
    return i;
}

/* Returns whether a pattern matches one of the attributes of a subject ("CN=worker1"). */
static bool matches_subject(struct pyro_slice pattern, const char *text)
{
    struct pyro_slice subject = pyro_slice_text(text);
    if (pyro_slice_equals(pattern, "*"))
        return true;
    struct pyro_slice attribute;
    while (subject.length > 0 && pyro_slice_take(&subject, attribute_length(subject), &attribute)) {
        if (matches(pattern, attribute, true))
            return true;
        while (subject.length > 0 && strchr(",+ ", *subject.data))
            (void)take_byte(&subject, false);
    }
    return false;
}

static bool matches_network(const struct pyro_rule *rule, const struct pyro_peer *peer)
{
    unsigned char network[PYRO_PEER_ADDRESS];
    memcpy(network, peer->address, sizeof(network));
    clear_rest(network, rule->bits);
    return pyro_peer_is_ipv4(peer->address) == pyro_peer_is_ipv4(rule->address) &&
           memcmp(network, rule->address, sizeof(network)) == 0;
}

static bool matches_peer(const struct pyro_rule *rule, const struct pyro_peer *peer)
{
    if (rule->kind != PYRO_PEER_UNKNOWN && rule->kind != peer->kind)
        return false;
    if (rule->kind == PYRO_PEER_IP && !matches_network(rule, peer))
        return false;
    if (rule->user.data && !(peer->user && matches(rule->user, pyro_slice_text(peer->user), false)))
        return false;
    return !rule->subject.data || (peer->subject && matches_subject(rule->subject, peer->subject));
}

/* Returns whether the pattern of a rule matches; of a text that is not known, whether it may where
 * the rule allows, and whether it must where it denies. */
static bool matches_part(const struct pyro_rule *rule, struct pyro_slice pattern,
                         struct pyro_slice text, bool unknown)
{
    if (!pattern.data || pyro_slice_equals(pattern, "*"))
        return true;
    return unknown ? rule->allow : matches(pattern, text, false);
}

static bool matches_name(const struct pyro_rule *rule, const struct pyro_question *question)
{
    if (!rule->name.data)
        return true;
    if (question->named == PYRO_NAME_IS_READ)
        return matches(rule->name, question->name, false);
    return rule->allow && question->named == PYRO_NAME_UNREAD;
}

const struct pyro_rule *pyro_allow_decide(const struct pyro_allow *allow,
                                          const struct pyro_question *question)
{
    for (size_t i = 0; i < allow->count; i++) {
        const struct pyro_rule *rule = &allow->rules[i];
        if (matches_part(rule, rule->object, question->object, question->any_object) &&
            matches_part(rule, rule->method, question->method, question->any_method) &&
            matches_name(rule, question) && matches_peer(rule, question->peer))
            return rule;
    }
    return NULL;
}
