/** @file
 * The type codes of marshal, Python's own format for constants: a type code, then the value,
 * numbers little-endian. Private to this room. */
#ifndef PYRO_CODEC_MARSHAL_TYPE_H
#define PYRO_CODEC_MARSHAL_TYPE_H

/** Type codes. Forms of one type differ in how the writer kept the value. */
enum {
    MARSHAL_NULL = '0', /* ends a dict */
    MARSHAL_NONE = 'N',
    MARSHAL_FALSE = 'F',
    MARSHAL_TRUE = 'T',
    MARSHAL_INT = 'i', /* 32 bits */
    MARSHAL_INT64 = 'I',
    MARSHAL_LONG = 'l', /* a count, negative for a negative number, of digits of 15 bits */
    MARSHAL_FLOAT = 'g',
    MARSHAL_FLOAT_TEXT = 'f',
    MARSHAL_COMPLEX = 'y',
    MARSHAL_COMPLEX_TEXT = 'x',
    MARSHAL_BYTES = 's',
    MARSHAL_UNICODE = 'u',
    MARSHAL_INTERNED = 't',
    MARSHAL_ASCII = 'a',
    MARSHAL_ASCII_INTERNED = 'A',
    MARSHAL_SHORT_ASCII = 'z', /* its length has one byte */
    MARSHAL_SHORT_ASCII_INTERNED = 'Z',
    MARSHAL_TUPLE = '(',
    MARSHAL_SMALL_TUPLE = ')', /* its count has one byte */
    MARSHAL_LIST = '[',
    MARSHAL_SET = '<',
    MARSHAL_FROZENSET = '>',
    MARSHAL_DICT = '{',
    MARSHAL_REFERENCE = 'r', /* the number of a value that came before */
};

/** Marks a value that references may mean: they are numbered as they come. */
#define MARSHAL_REMEMBERED 0x80

#define MARSHAL_DIGIT_BITS 15

#endif
