/** @file
 * The instructions of pickles, of protocols 0 to 5. Private to this room. */
#ifndef PYRO_CODEC_PICKLE_OPCODE_H
#define PYRO_CODEC_PICKLE_OPCODE_H

enum pickle_opcode {
    /* protocol 0: arguments are lines */
    PICKLE_OP_MARK = '(',
    PICKLE_OP_STOP = '.',
    PICKLE_OP_POP = '0',
    PICKLE_OP_POP_MARK = '1',
    PICKLE_OP_DUP = '2',
    PICKLE_OP_FLOAT = 'F',
    PICKLE_OP_INT = 'I',
    PICKLE_OP_LONG = 'L',
    PICKLE_OP_NONE = 'N',
    PICKLE_OP_PERSID = 'P',
    PICKLE_OP_REDUCE = 'R',
    PICKLE_OP_STRING = 'S',
    PICKLE_OP_UNICODE = 'V',
    PICKLE_OP_APPEND = 'a',
    PICKLE_OP_BUILD = 'b',
    PICKLE_OP_GLOBAL = 'c',
    PICKLE_OP_DICT = 'd',
    PICKLE_OP_GET = 'g',
    PICKLE_OP_INST = 'i',
    PICKLE_OP_LIST = 'l',
    PICKLE_OP_PUT = 'p',
    PICKLE_OP_SETITEM = 's',
    PICKLE_OP_TUPLE = 't',
    /* protocol 1: arguments are bytes, the lowest first */
    PICKLE_OP_EMPTY_TUPLE = ')',
    PICKLE_OP_BINFLOAT = 'G', /* 8 bytes, the highest first */
    PICKLE_OP_BININT = 'J',
    PICKLE_OP_BININT1 = 'K',
    PICKLE_OP_BININT2 = 'M',
    PICKLE_OP_BINPERSID = 'Q',
    PICKLE_OP_BINSTRING = 'T',
    PICKLE_OP_SHORT_BINSTRING = 'U',
    PICKLE_OP_BINUNICODE = 'X',
    PICKLE_OP_EMPTY_LIST = ']',
    PICKLE_OP_APPENDS = 'e',
    PICKLE_OP_BINGET = 'h',
    PICKLE_OP_LONG_BINGET = 'j',
    PICKLE_OP_OBJ = 'o',
    PICKLE_OP_BINPUT = 'q',
    PICKLE_OP_LONG_BINPUT = 'r',
    PICKLE_OP_SETITEMS = 'u',
    PICKLE_OP_EMPTY_DICT = '}',
    /* protocol 2 */
    PICKLE_OP_PROTO = 0x80,
    PICKLE_OP_NEWOBJ = 0x81,
    PICKLE_OP_EXT1 = 0x82,
    PICKLE_OP_EXT2 = 0x83,
    PICKLE_OP_EXT4 = 0x84,
    PICKLE_OP_TUPLE1 = 0x85,
    PICKLE_OP_TUPLE2 = 0x86,
    PICKLE_OP_TUPLE3 = 0x87,
    PICKLE_OP_NEWTRUE = 0x88,
    PICKLE_OP_NEWFALSE = 0x89,
    PICKLE_OP_LONG1 = 0x8a,
    PICKLE_OP_LONG4 = 0x8b,
    /* protocol 3 */
    PICKLE_OP_BINBYTES = 'B',
    PICKLE_OP_SHORT_BINBYTES = 'C',
    /* protocol 4 */
    PICKLE_OP_SHORT_BINUNICODE = 0x8c,
    PICKLE_OP_BINUNICODE8 = 0x8d,
    PICKLE_OP_BINBYTES8 = 0x8e,
    PICKLE_OP_EMPTY_SET = 0x8f,
    PICKLE_OP_ADDITEMS = 0x90,
    PICKLE_OP_FROZENSET = 0x91,
    PICKLE_OP_NEWOBJ_EX = 0x92,
    PICKLE_OP_STACK_GLOBAL = 0x93,
    PICKLE_OP_MEMOIZE = 0x94,
    PICKLE_OP_FRAME = 0x95,
    /* protocol 5 */
    PICKLE_OP_BYTEARRAY8 = 0x96,
    PICKLE_OP_NEXT_BUFFER = 0x97,
    PICKLE_OP_READONLY_BUFFER = 0x98,
};

#endif
