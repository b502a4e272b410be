/** @file
 * Strings that others sent, made fit for messages and logs. */
#ifndef PYRO_BASE_ESCAPE_H
#define PYRO_BASE_ESCAPE_H

#include "base/slice.h"

/** Bytes of the strictly valid UTF-8 sequence at `p`, of which `left` (at least 1) are there; 0
 * where it is none. */
size_t pyro_utf8_sequence(const unsigned char *p, size_t left);

/** Returns how many bytes the character at `p` has, if it is seen when it is printed; else 0: its
 * first byte is to be escaped. Not seen are control characters, separators of lines, marks of
 * direction and others without width, and bytes that are no UTF-8. `left` (at least 1) are there.
 */
size_t pyro_seen(const unsigned char *p, size_t left);

#define PYRO_ESCAPED_SIZE 5

/** Writes the escape of a byte: "\x1b". */
void pyro_escape_byte(char out[PYRO_ESCAPED_SIZE], unsigned char byte);

/** Returns whether pyro_escape() changes something, however much room it has. */
bool pyro_escapes(struct pyro_slice text);

/** Writes `text` to `out`, which has `size` (at least 8) bytes: terminated, in one line, valid
 * UTF-8. Bytes of what is not seen become \xNN; what does not fit is cut off and "..." says so. */
void pyro_escape(char *out, size_t size, struct pyro_slice text);

/** Writes `text` as pyro_escape() does, but in the lines that it has. */
void pyro_escape_lines(char *out, size_t size, struct pyro_slice text);

#define PYRO_JSON_ESCAPED_SIZE 13

/** Writes the escape of a character in JSON, by name where it has one (`\n`), else by number;
 * returns its length. */
size_t pyro_json_escape(uint32_t code, char out[PYRO_JSON_ESCAPED_SIZE]);

/** Writes `text` as what is between the quotes of a string in JSON, like pyro_escape(): characters
 * that are not seen become JSON's escapes, and bytes that are no UTF-8 the characters \xNN. */
void pyro_escape_json(char *out, size_t size, struct pyro_slice text);

#endif
