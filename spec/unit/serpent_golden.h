/** @file
 * Values in serpent, for the tests of its reader and its writer. */
#ifndef SPEC_SERPENT_GOLDEN_H
#define SPEC_SERPENT_GOLDEN_H

#include "codec_check.h"

#define S (&pyro_codec_serpent)

/** Beginning of serpent data. */
#define COMMENT "# serpent utf-8 python3.2\n"

/** Texts that serpent 1.41 makes of values, behind the comment, and what is to be read from that.
 */
static const struct {
    const char *text, *value;
} golden[] = {
    {"None", "nil "},
    {"True", "true "},
    {"False", "false "},
    {"1", "1 "},
    {"-1", "-1 "},
    {"0", "0 "},
    {"9223372036854775807", "9223372036854775807 "},
    {"-9223372036854775808", "-9223372036854775808 "},
    {"9223372036854775808", "big:9223372036854775808 "},
    {"-9223372036854775809", "big:-9223372036854775809 "},
    {"1180591620717411303424", "big:1180591620717411303424 "},
    {"1.5", "1.5f "},
    {"-0.0", "-0f "},
    {"1e+16", "10000000000000000f "},
    {"1e-05", "1.0000000000000001e-05f "},
    {"0.1", "0.10000000000000001f "},
    {"1.7976931348623157e+308", "1.7976931348623157e+308f "},
    {"5e-324", "4.9406564584124654e-324f "},
    {"1e30000", "inff "},
    {"-1e30000", "-inff "},
    {"{'__class__':'float','value':'nan'}", "nanf "},
    {"(3.0+4.0j)", "complex:3,4 "},
    {"(-3.5-4.25j)", "complex:-3.5,-4.25 "},
    {"(1e30000-1e30000j)", "complex:inf,-inf "},
    {"'x'", "'x' "},
    {"''", "'' "},
    {"'\xc3\xa9'", "'\xc3\xa9' "},
    {"'\xf0\x9f\x98\x80 and \xe2\x82\xac'", "'\xf0\x9f\x98\x80 and \xe2\x82\xac' "},
    {"'\"'", "'\"' "},
    {"\"it's\"", "'it's' "},
    {"'it\\'s \"it\"'", "'it's \"it\"' "},
    {"'\\n\\r\\t\\\\'", "'\n\r\t\\' "},
    {"'\\x01\\x1f\\x7f'", "'\x01\x1f\x7f' "},
    {"'\\x80\\xa0\xc2\xa1\\xad'", "'\xc2\x80\xc2\xa0\xc2\xa1\xc2\xad' "},
    {"{'data': 'AP8=', 'encoding': 'base64'}", "b'00ff' "},
    {"{'data': 'YWJj', 'encoding': 'base64'}", "b'616263' "},
    {"{'data': 'YWJjZA==', 'encoding': 'base64'}", "b'61626364' "},
    {"{'data': '', 'encoding': 'base64'}", "b'' "},
    {"[]", "[0 ] "},
    {"[1]", "[0 1 ] "},
    {"[1,[2,[]],'a']", "[0 1 [0 2 [0 ] ] 'a' ] "},
    {"()", "(0 ) "},
    {"(1,)", "(0 1 ) "},
    {"(1,(2,),())", "(0 1 (0 2 ) (0 ) ) "},
    {"((1,2),(3,4))", "(0 (0 1 2 ) (2 3 4 ) ) "},
    {"{1,2}", "<0 1 2 > "},
    {"{'a'}", "<0 'a' > "},
    {"{(1,2),(3,(4,))}", "<0 (0 1 2 ) (2 3 (0 4 ) ) > "},
    {"{}", "{0 } "},
    {"{'a':1}", "{0 'a' 1 } "},
    {"{1:{'b':[]},None:()}", "{0 1 {0 'b' [0 ] } nil (0 ) } "},
    {"{(1,'a'):{(2,):3}}", "{0 (0 1 'a' ) {0 (0 2 ) 3 } } "},
    {"{(1.0+2.0j):1.5}", "{0 complex:1,2 1.5f } "},
    {"'00000000-0000-0000-0000-000000000005'", "'00000000-0000-0000-0000-000000000005' "},
    {"{'__class__':'Pyro4.core.URI','state':('PYRO','o',None,'h',1)}",
     "{0 '__class__' 'Pyro4.core.URI' 'state' (0 'PYRO' 'o' nil 'h' 1 ) } "},
    {"{'__class__':'builtins.ValueError','__exception__':True,'args':('m',),'attributes':{}}",
     "{0 '__class__' 'builtins.ValueError' '__exception__' true 'args' (0 'm' ) "
     "'attributes' {0 } } "},
};

#endif
