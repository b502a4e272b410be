/** @file
 * The extension types of msgpack that Pyro and pyrolua know. Private to this room. */
#ifndef PYRO_CODEC_MSGPACK_TYPE_H
#define PYRO_CODEC_MSGPACK_TYPE_H

/** Pyro's extension types, and one of ours: as the first item of an array, EXT_KIND says what the
 * array is, in one byte (KIND_TUPLE, …). */
enum {
    EXT_COMPLEX = 0x30,
    EXT_BIGINT = 0x31,
    EXT_DATETIME = 0x32,
    EXT_DATE = 0x33,
    EXT_KIND = 0x34
};

/** Kinds of arrays. They are on the wire, and never change. */
enum { KIND_TUPLE = 1, KIND_SET = 2, KIND_FROZENSET = 3 };

#endif
