/* The classes that pickles of Python programs name. */
#include <stdlib.h>
#include <time.h>

#include "pickle_check.h"

struct hex_form {
    const char *hex, *value;
};

/* Python 2's names and its ways to make instances. */
static void old_classes_are_read(void **state)
{
    static const struct form forms[] = {
        {"ccopy_reg\n_reconstructor\n(c__main__\nC\nc__builtin__\nobject\nNtR(dVa\nI1\nsb.",
         "{2 '__class__' '__main__.C' 'a' 1 } "},
        {"ccopy_reg\n_reconstructor\n(c__main__\nL\nc__builtin__\nlist\n(lI1\natR.", "[1 1 ] "},
        {"ccopy_reg\n_reconstructor\n(cuuid\nUUID\nc__builtin__\nobject\nNtR"
         "(dVint\nL206864568204354187359301507550974961900L\nsb.",
         "'9ba0aaa8-826b-44d8-b99c-027e0711e8ec' "},
        {"c__builtin__\nset\n((lI1\natR.", "<1 1 > "},
        {"c__builtin__\nxrange\n(I5\nI1\nI-2\ntR.", "[2 5 3 ] "},
        {"c__builtin__\nbytearray\n(V\\u0001\351\nVlatin-1\ntR.", "b'01e9' "},
        {"ccollections\nOrderedDict\n((lp1\n(lVz\naI1\naa(lVa\na(lI2\naaatR.",
         "{2 'z' 1 'a' [1 2 ] } "},
        {"ccollections\nCounter\n((dVa\nI2\nstR.", "{1 'a' 2 } "},
        {"ccollections\ndeque\n((lI1\naI2\naI7\ntR.", "[2 1 2 ] "},
        {"cfractions\nFraction\n(S'1/3'\ntR.", "'1/3' "},
        {"cfractions\nFraction\n(I4\nI1\ntR.", "'4' "},
        {"carray\narray\n(S'c'\n(lS'a'\naS'b'\natR.", "'ab' "},
        {"carray\narray\n(S'd'\n(lF1.5\natR.", "[1 1.5f ] "},
        {"cdatetime\ndatetime\n(S'\\x07\\xe4\\x01\\x02\\x03\\x04\\x05\\x00\\x00\\x06'\ntR.",
         "datetime:1577934245.000006 "},
    };
    (void)state;
    all_read(forms, PYRO_COUNT(forms));
}

/* Pickles that Pyrolite writes in its own way. */
static void pyrolite_is_read(void **state)
{
    static const struct form forms[] = {
        {"\200\002cdatetime\ndatetime\n(M\344\007K\001K\002K\003K\004K\005M\350\003tR.",
         "datetime:1577934245.001000 "},
        {"\200\002cdatetime\ntime\n(K\003K\004K\005M\350\003tR.", "'03:04:05.001000' "},
        {"\200\002cdatetime\ndate\nM\344\007K\001K\002\207R.", "date:737426 "},
        {"\200\002c__builtin__\nset\n](K\001e\205R.", "<1 1 > "},
        {"\200\002carray\narray\nU\001i](K\001K\002e\206R.", "[2 1 2 ] "},
        {"\200\002I12345678901\n.", "12345678901 "},
        {"\200\002cPyro4.errors\nPyroError\nVm\n\205R}V_pyroTraceback\nVt\n\205sb.",
         "{4 '__class__' 'Pyro4.errors.PyroError' '__exception__' true 'args' (1 'm' ) "
         "'attributes' "
         "{1 '_pyroTraceback' (1 't' ) } } "},
    };
    (void)state;
    all_read(forms, PYRO_COUNT(forms));
}

static void zones_are_read(void **state)
{
    static const struct form forms[] = {
        {"cdatetime\ndatetime\n(I2020\nI1\nI2\nI3\nI4\nI5\nI6\ncdatetime\ntimezone\n"
         "(cdatetime\ntimedelta\n(I-1\nI66600\nI0\ntRtRtR.",
         "'2020-01-02T03:04:05.000006-05:30' "},
        {"cdatetime\ntime\n(I3\nI4\nI0\nI0\ncdatetime\ntimezone\n"
         "(cdatetime\ntimedelta\n(I0\nI3601\nI5\ntRVX\ntRtR.",
         "'03:04:00+01:00:01.000005' "},
        {"cdatetime\ndatetime\n(I2020\nI1\nI2\nI3\nI4\nI5\nI6\ncpytz\n_UTC\n(tRtR.",
         "'2020-01-02T03:04:05.000006+00:00' "},
        {"cdatetime\ndatetime\n(I2020\nI1\nI2\nI3\nI4\nI5\nI0\ncpytz\n_p\n"
         "(VEurope/Amsterdam\nI3600\nI0\nVCET\ntRtR.",
         "'2020-01-02T03:04:05+01:00' "},
        {"cdatetime\ntime\n(I3\nI4\nI5\nI6\nNtR.", "'03:04:05.000006' "},
    };
    (void)state;
    all_read(forms, PYRO_COUNT(forms));
}

/* Numbers that are far too large are refused, and not computed with. */
static void extremes_are_refused(void **state)
{
    static const struct form forms[] = {
        {"cdatetime\ntimedelta\n(I-9223372036854775808\nI0\nI0\ntR.",
         "pickle, byte 50: arguments that datetime.timedelta does not take"},
        {"cdatetime\ntimedelta\n(I0\nI0\nI9223372036854775807\ntR.",
         "pickle, byte 49: arguments that datetime.timedelta does not take"},
        {"cdatetime\ndate\n(I-9223372036854775808\nI1\nI1\ntR.",
         "pickle, byte 45: arguments that datetime.date does not take"},
    };
    static const char *const zones[] = {
        "cdatetime\ntime\n(I3\nI4\nI0\nI0\ncdatetime\ntimezone\n"
        "(cdatetime\ntimedelta\n(I2147483647\nI2147483647\nI0\ntRtRtR.",
        "cdatetime\ntime\n(I3\nI4\nI0\nI0\ncpytz\nFixedOffset\n(I-9223372036854775808\ntRtR.",
        "cdatetime\ntime\n(I3\nI4\nI0\nI0\ncdatetime\ntimezone\n(NtRtR.",
        "cdatetime\ntime\n(I3\nI4\nI0\nI0\ncdatetime\ntimezone\n((ltRtR.",
    };
    (void)state;
    refuses_all(forms, PYRO_COUNT(forms));
    for (size_t n = 0; n < PYRO_COUNT(zones); n++) {
        struct recorder r;
        assert_int_equal(codec_read(P, exact_text(zones[n]), &r), PYRO_ESECURITY);
        recorder_free(&r);
    }
}

/* An hour that a clock shows twice, and one that it never shows. */
static void local_times_are_read(void **state)
{
    static const struct form forms[] = {
        {"cdatetime\ndatetime\n(I2020\nI10\nI25\nI2\nI30\nI0\nI0\ntR.",
         "datetime:1603585800.000000 "},
        {"cdatetime\ndatetime\n(S'\\x07\\xe4\\x8a\\x19\\x02\\x1e\\0\\0\\0\\0'\ntR.",
         "datetime:1603589400.000000 "},
        {"cdatetime\ndatetime\n(I2020\nI3\nI29\nI2\nI30\nI0\nI0\ntR.",
         "datetime:1585445400.000000 "},
        {"cdatetime\ndatetime\n(S'\\x07\\xe4\\x83\\x1d\\x02\\x1e\\0\\0\\0\\0'\ntR.",
         "datetime:1585441800.000000 "},
        {"cdatetime\ndatetime\n(I2020\nI7\nI1\ntR.", "datetime:1593554400.000000 "},
        {"cdatetime\ndatetime\n(I2\nI1\nI1\ntR.", "datetime:-62104064400.000000 "},
    };
    (void)state;
    setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
    tzset();
    all_read(forms, PYRO_COUNT(forms));
    setenv("TZ", "UTC", 1);
    tzset();
}

/* Items as they lie in memory, behind format numbers. */
static void arrays_are_read(void **state)
{
    static const struct {
        int number;
        const char *hex, *value;
    } arrays[] = {
        {0, "01ff", "[2 1 255 ] "},
        {1, "01ff", "[2 1 -1 ] "},
        {2, "01ff", "[1 65281 ] "},
        {3, "01ff", "[1 511 ] "},
        {4, "01ff", "[1 -255 ] "},
        {9, "fffffffe", "[1 -2 ] "},
        {10, "ffffffffffffffff", "[1 big:18446744073709551615 ] "},
        {12, "ffffffffffffffff", "[1 -1 ] "},
        {14, "0000c03f", "[1 1.5f ] "},
        {15, "3fc00000", "[1 1.5f ] "},
        {17, "3ff8000000000000", "[1 1.5f ] "},
        {18, "61003dd800de", "'a\360\237\230\200' "},
        {21, "000000610001f600", "'a\360\237\230\200' "},
    };
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(arrays); i++) {
        char hex[300];
        snprintf(hex, sizeof(hex),
                 "8003"
                 "636172726179"
                 "0a5f61727261795f7265636f6e7374727563746f720a" /* the function */
                 "28636172726179"
                 "0a61727261790a"
                 "8c0178"
                 "4b%02x"
                 "43%02zx%s"
                 "7452"
                 "2e",
                 (unsigned)arrays[i].number, strlen(arrays[i].hex) / 2, arrays[i].hex);
        codec_reads(P, unhex(hex), arrays[i].value);
    }
}

/* Pickles of numpy 1.24. */
static void numpy_is_read(void **state)
{
    static const struct hex_form values[] = {
        /* array([[1, 2], [3, 4]], dtype=uint16), protocol 0 */
        {"636e756d70792e636f72652e6d756c746961727261790a5f7265636f6e7374727563740a70300a28636e756d7"
         "0790a6e6461727261790a70310a2849300a7470320a635f636f646563730a656e636f64650a70330a2856620a"
         "70340a566c6174696e310a70350a7470360a5270370a7470380a5270390a2849310a2849320a49320a7470313"
         "00a636e756d70790a64747970650a7031310a285675320a7031320a4930300a4930310a747031330a52703134"
         "0a2849330a563c0a7031350a4e4e4e492d310a492d310a49300a747031360a624930300a67330a2856015c753"
         "0303030025c7530303030035c7530303030045c75303030300a7031370a67350a747031380a527031390a7470"
         "32300a622e",
         "array:2x2,<u2,C,'0100020003000400' "},
        /* array([[1, 2], [3, 4]], dtype=uint16), protocol 2 */
        {"8002636e756d70792e636f72652e6d756c746961727261790a5f7265636f6e7374727563740a7100636e756d7"
         "0790a6e6461727261790a71014b00857102635f636f646563730a656e636f64650a7103580100000062710458"
         "060000006c6174696e317105867106527107877108527109284b014b024b0286710a636e756d70790a6474797"
         "0650a710b58020000007532710c898887710d52710e284b0358010000003c710f4e4e4e4affffffff4affffff"
         "ff4b00747110628968035808000000010002000300040071116805867112527113747114622e",
         "array:2x2,<u2,C,'0100020003000400' "},
        /* array([[1, 2], [3, 4]], dtype=uint16), protocol 5 */
        {"8005957d000000000000008c126e756d70792e636f72652e6e756d65726963948c0b5f66726f6d62756666657"
         "2949394289608000000000000000100020003000400948c056e756d7079948c0564747970659493948c027532"
         "94898887945294284b038c013c944e4e4e4affffffff4affffffff4b007494624b024b0286948c01439474945"
         "2942e",
         "array:2x2,<u2,C,'0100020003000400' "},
        /* array([[1., 2.], [3., 4.]]), protocol 2 */
        {"8002636e756d70792e636f72652e6d756c746961727261790a5f7265636f6e7374727563740a7100636e756d7"
         "0790a6e6461727261790a71014b00857102635f636f646563730a656e636f64650a7103580100000062710458"
         "060000006c6174696e317105867106527107877108527109284b014b024b0286710a636e756d70790a6474797"
         "0650a710b58020000006638710c898887710d52710e284b0358010000003c710f4e4e4e4affffffff4affffff"
         "ff4b00747110628868035821000000000000000000c3b03f00000000000008400000000000000040000000000"
         "000104071116805867112527113747114622e",
         "array:2x2,<f8,F,'000000000000f03f000000000000084000000000' "},
        /* array([[1., 2.], [3., 4.]]), protocol 5 */
        {"80059595000000000000008c126e756d70792e636f72652e6e756d65726963948c0b5f66726f6d62756666657"
         "294939428962000000000000000000000000000f03f0000000000000840000000000000004000000000000010"
         "40948c056e756d7079948c0564747970659493948c02663894898887945294284b038c013c944e4e4e4afffff"
         "fff4affffffff4b007494624b024b0286948c014694749452942e",
         "array:2x2,<f8,F,'000000000000f03f000000000000084000000000' "},
        /* array([1, 3], dtype=int32), protocol 5 */
        {"80059590000000000000008c156e756d70792e636f72652e6d756c74696172726179948c0c5f7265636f6e737"
         "4727563749493948c056e756d7079948c076e6461727261799493944b0085944301629487945294284b014b02"
         "859468038c0564747970659493948c02693494898887945294284b038c013e944e4e4e4affffffff4afffffff"
         "f4b007494628943080000000100000003947494622e",
         "array:2,>i4,C,'0000000100000003' "},
        /* array(3.5), protocol 5 */
        {"80059578000000000000008c126e756d70792e636f72652e6e756d65726963948c0b5f66726f6d62756666657"
         "2949394289608000000000000000000000000000c40948c056e756d7079948c0564747970659493948c026638"
         "94898887945294284b038c013c944e4e4e4affffffff4affffffff4b00749462298c014394749452942e",
         "array:,<f8,C,'0000000000000c40' "},
        /* 1.5, protocol 2 */
        {"8002636e756d70792e636f72652e6d756c746961727261790a7363616c61720a7100636e756d70790a6474797"
         "0650a71015802000000663871028988877103527104284b0358010000003c71054e4e4e4affffffff4affffff"
         "ff4b0074710662635f636f646563730a656e636f64650a71075809000000000000000000c3b83f71085806000"
         "0006c6174696e31710986710a52710b86710c52710d2e",
         "1.5f "},
        /* 18446744073709551615, protocol 5 */
        {"80059569000000000000008c156e756d70792e636f72652e6d756c74696172726179948c067363616c6172949"
         "3948c056e756d7079948c0564747970659493948c02753894898887945294284b038c013c944e4e4e4affffff"
         "ff4affffffff4b007494624308ffffffffffffffff94869452942e",
         "big:18446744073709551615 "},
        /* (1+2j), protocol 5 */
        {"80059572000000000000008c156e756d70792e636f72652e6d756c74696172726179948c067363616c6172949"
         "3948c056e756d7079948c0564747970659493948c0363313694898887945294284b038c013c944e4e4e4affff"
         "ffff4affffffff4b007494624310000000000000f03f000000000000004094869452942e",
         "complex:1,2 "},
        /* 'x', protocol 5 */
        {"8005955f000000000000008c156e756d70792e636f72652e6d756c74696172726179948c067363616c6172949"
         "3948c056e756d7079948c0564747970659493948c02553194898887945294284b038c013c944e4e4e4b044b04"
         "4b0874946243047800000094869452942e",
         "'x' "},
        /* numpy.datetime64('2020-01-01'), protocol 5 */
        {"8005957a000000000000008c156e756d70792e636f72652e6d756c74696172726179948c067363616c6172949"
         "3948c056e756d7079948c0564747970659493948c024d3894898887945294284b048c013c944e4e4e4affffff"
         "ff4affffffff4b007d9428430144944b014b014b01749486947494624308564700000000000094869452942e",
         "18262 "},
        /* matrix([[1, 2]]), protocol 5 */
        {"80059599000000000000008c156e756d70792e636f72652e6d756c74696172726179948c0c5f7265636f6e737"
         "4727563749493948c056e756d7079948c066d61747269789493944b0085944301629487945294284b014b014b"
         "02869468038c0564747970659493948c02693894898887945294284b038c013c944e4e4e4affffffff4afffff"
         "fff4b0074946289431001000000000000000200000000000000947494622e",
         "array:1x2,<i8,C,'01000000000000000200000000000000' "},
        /* dtype('float64'), protocol 5 */
        {"80059537000000000000008c056e756d7079948c0564747970659493948c02663894898887945294284b038c0"
         "13c944e4e4e4affffffff4affffffff4b007494622e",
         "'<f8' "},
        /* one whose name says all, as in arrays of ours */
        {"8002636e756d70790a64747970650a58070000003e4d385b6e735d898887522e", "'>M8[ns]' "},
        /* array([1, 2], dtype=uint8) by dill, protocol 4 */
        {"800495ac000000000000008c0a64696c6c2e5f64696c6c948c0d5f6372656174655f6172726179949394288c"
         "156e756d70792e636f72652e6d756c74696172726179948c0c5f7265636f6e7374727563749493948c056e75"
         "6d7079948c076e6461727261799493944b008594430162948794284b014b02859468068c0564747970659493"
         "948c02753194898887945294284b038c017c944e4e4e4affffffff4affffffff4b0074946289430201029474"
         "944e749452942e",
         "array:2,|u1,C,'0102' "},
        /* array([65, 66], dtype=uint8) by Python 2, whose bytes are str */
        {"8002636e756d70792e636f72652e6d756c746961727261790a5f7265636f6e7374727563740a7100636e756d"
         "70790a6e6461727261790a71014b00855501628752284b014b0285636e756d70790a64747970650a55027531"
         "4b004b018752284b0355017c4e4e4e4affffffff4affffffff4b007462895502414274622e",
         "array:2,|u1,C,'4142' "},
        /* the first of them by numpy 2 */
        {"80058c136e756d70792e5f636f72652e6e756d65726963948c0b5f66726f6d627566666572949394289608000"
         "000000000000100020003000400948c056e756d7079948c0564747970659493948c0275329489888794529428"
         "4b038c013c944e4e4e4affffffff4affffffff4b007494624b024b0286948c014394749452942e",
         "array:2x2,<u2,C,'0100020003000400' "},
    };
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(values); i++)
        codec_reads(P, unhex(values[i].hex), values[i].value);
}

/* Arrays of objects and of records, and of sizes that do not fit. */
static void odd_arrays_are_refused(void **state)
{
    static const struct hex_form refused[] = {
        {"80059590000000000000008c156e756d70792e636f72652e6d756c74696172726179948c0c5f7265636f6e737"
         "4727563749493948c056e756d7079948c076e6461727261799493944b0085944301629487945294284b014b03"
         "859468038c0564747970659493948c024f3894898887945294284b038c017c944e4e4e4affffffff4afffffff"
         "f4b3f749462895d94284b018c0161944e657494622e",
         "an array of objects cannot travel"},
        {"800595dc000000000000008c126e756d70792e636f72652e6e756d65726963948c0b5f66726f6d62756666657"
         "294939428960c00000000000000010000000000000000000440948c056e756d7079948c056474797065949394"
         "8c0356313294898887945294284b038c017c944e8c0161948c01629486947d9428680b68068c0269349489888"
         "7945294284b038c013c944e4e4e4affffffff4affffffff4b007494624b008694680c68068c02663894898887"
         "945294284b0368124e4e4e4affffffff4affffffff4b007494624b048694754b0c4b014b107494624b0185948"
         "c014394749452942e",
         "pickle, byte 99: an array of objects or records cannot travel"},
    };
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(refused); i++)
        codec_refuses(P, unhex(refused[i].hex), refused[i].value);
    refuses("cnumpy.core.multiarray\nscalar\n(cnumpy\ndtype\n(Vu2\nI00\nI01\ntR"
            "(I3\nV<\nNNNI-1\nI-1\nI0\ntbC\1xtR.",
            "pickle, byte 86: arguments that numpy.core.multiarray.scalar does not take");
    refuses("cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(I0\ntC\1btR.",
            "pickle, byte 61: arguments that numpy.core.multiarray._reconstruct does not take");
    refuses("cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(I0\ntC\1btR"
            "(I1\n(I-1\ntNI00\nC\1xtb.",
            "pickle, byte 61: arguments that numpy.core.multiarray._reconstruct does not take");
    refuses("cdill._dill\n_create_array\n(NNtR.",
            "pickle, byte 30: malformed arguments of dill's maker of arrays");
    refuses("cdill._dill\n_create_array\n(cnumpy.core.multiarray\n_reconstruct\nNNtR.",
            "pickle, byte 66: malformed arguments of dill's maker of arrays");
    refuses("cdill._dill\n_create_array\n(cnumpy.core.multiarray\n_reconstruct\n(I0\ntNNtR.",
            "pickle, byte 71: arguments that numpy.core.multiarray._reconstruct does not take");
    refuses("carray\n_array_reconstructor\n(carray\narray\nVu\nI18\nC\4a\xd8\xd8\xd8tR.",
            "pickle, byte 56: an array with what is no character");
    refuses("cnumpy\ndtype\n(I8\ntR.", "pickle, byte 18: arguments that numpy.dtype does not take");
    refuses("cnumpy\ndtype\n(Vf8\ntR)b.",
            "pickle, byte 19: arguments that numpy.dtype does not take");
    refuses("cnumpy.core.multiarray\nscalar\n(Vf8\nC\1xtR.",
            "pickle, byte 39: arguments that numpy.core.multiarray.scalar does not take");
    refuses("cnumpy.core.multiarray\nscalar\n(Vf8\ntR.",
            "pickle, byte 36: arguments that numpy.core.multiarray.scalar does not take");
    refuses("cnumpy.core.numeric\n_frombuffer\n(C\1xVf8\ntR.",
            "pickle, byte 41: arguments that numpy.core.numeric._frombuffer does not take");
    refuses("cnumpy.core.numeric\n_frombuffer\n(C\1xcnumpy\ndtype\n(Vu1\ntR(Vx\ntVC\ntR.",
            "pickle, byte 65: arguments that numpy.core.numeric._frombuffer does not take");
    refuses("cnumpy.core.numeric\n_frombuffer\n(Ncnumpy\ndtype\n(Vu1\ntR(I1\ntVC\ntR.",
            "pickle, byte 63: an array of objects or records cannot travel");
    refuses("}cnumpy.core.numeric\n_frombuffer\n(C\1xcnumpy\ndtype\n(Vu1\ntR(I1\ntVC\ntRNs.",
            "pickle, byte 66: an array may not be a key");
    refuses("cnumpy\ndtype\n(VM8\ntR(I4\nV<\nNNNI-1\nI-1\nI0\n(N)ttb.",
            "pickle, byte 19: arguments that numpy.dtype does not take");
    reads("cnumpy\ndtype\n(VM8\ntR(I4\nV<\nNNNI-1\nI-1\nI0\n(N(Vs\nI25\ntttb.", "'<M8[25s]' ");
    reads("cnumpy\ndtype\n(V>M8[25s]\ntR.", "'>M8[25s]' ");
}

static void proxies_are_read(void **state)
{
    static const struct {
        const char *uri, *text;
    } proxies[] = {
        {"(VPYRO\nVo\nNVh\nK\001t", "PYRO:o@h:1"},
        {"(VPYRO\nVo\nNV::1\nK\001t", "PYRO:o@[::1]:1"},
        {"(VPYRO\nVo\nV/tmp/s\nNNt", "PYRO:o@./u:/tmp/s"},
        {"(VPYRONAME\nVo\nNNNt", "PYRONAME:o"},
        {"(VPYROMETA\n\217(Va\nVb\n\220NNNt", "PYROMETA:a,b"},
        {"(VPYROMETA\nc__builtin__\nset\n](Va\nVb\ne\205RNNNt", "PYROMETA:a,b"},
    };
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(proxies); i++) {
        char text[300], value[300];
        snprintf(text, sizeof(text),
                 "cPyro4.core\nProxy\n)\201(cPyro4.core\nURI\n)\201%sb"
                 "\217\217\217F0.0\nNVhello\nt"
                 "b.",
                 proxies[i].uri);
        snprintf(
            value, sizeof(value),
            "{2 '__class__' 'Pyro4.core.Proxy' 'state' (7 '%s' <0 > <0 > <0 > 0f nil 'hello' ) } ",
            proxies[i].text);
        reads(text, value);
    }
    refuses("cPyro4.core\nProxy\n)\201(VPYRO:o@h:1\nNNNNNNtb.",
            "pickle, byte 19: malformed URI of a proxy");
    refuses("cPyro4.core\nProxy\n)\201)b.", "pickle, byte 19: malformed proxy");
    refuses("cPyro4.core\nProxy\n)\201(cPyro4.core\nURI\n)\201(VPYROMETA\nctags\nof\n](Va\ne\205R"
            "NNNtb\217\217\217NNNNtb.",
            "pickle, byte 38: what must be a str is none");
    refuses("cPyro4.core\nURI\n)\201}b.", "pickle, byte 17: malformed URI");
}

/* Known classes that are called in ways in which they cannot be. */
static void bad_arguments_are_refused(void **state)
{
    static const struct form forms[] = {
        {"cdatetime\ndate\n(I2021\nI2\nI29\ntR.",
         "pickle, byte 30: arguments that datetime.date does not take"},
        {"cdatetime\ndatetime\n)R.",
         "pickle, byte 20: arguments that datetime.datetime does not take"},
        {"cdatetime\ntime\n(I24\ntR.",
         "pickle, byte 21: arguments that datetime.time does not take"},
        {"cdatetime\ntimedelta\n(NtR.",
         "pickle, byte 23: arguments that datetime.timedelta does not take"},
        {"cdecimal\nDecimal\n(I1\ntR.",
         "pickle, byte 22: arguments that decimal.Decimal does not take"},
        {"c__builtin__\ncomplex\n(I1\ntR.",
         "pickle, byte 26: arguments that __builtin__.complex does not take"},
        {"c__builtin__\nset\n(I1\ntR.",
         "pickle, byte 22: arguments that __builtin__.set does not take"},
        {"c__builtin__\nxrange\n(I1\nI2\nI0\ntR.",
         "pickle, byte 31: arguments that __builtin__.xrange does not take"},
        {"c__builtin__\nxrange\n(I1\nNI1\ntR.",
         "pickle, byte 29: arguments that __builtin__.xrange does not take"},
        {"c__builtin__\nslice\n(I1\nI2\ntR.",
         "pickle, byte 27: arguments that __builtin__.slice does not take"},
        {"c__builtin__\ncomplex\n(I1\nNtR.",
         "pickle, byte 27: arguments that __builtin__.complex does not take"},
        {"c__builtin__\nbytearray\n(I1\ntR.", "pickle, byte 28: bytes of what is no bytes"},
        {"ccopy_reg\n_reconstructor\n(c__main__\nC\ntR.",
         "pickle, byte 39: malformed arguments of a reconstructor"},
        {"cdill._dill\n_load_type\n(I1\ntR.", "pickle, byte 28: a class whose name is no str"},
        {"ccollections\nOrderedDict\n((lNatR.",
         "pickle, byte 31: arguments that collections.OrderedDict does not take"},
        {"ccollections\nOrderedDict\n(I1\ntR.",
         "pickle, byte 30: arguments that collections.OrderedDict does not take"},
        {"ccollections\nOrderedDict\n((d(dtR.",
         "pickle, byte 31: arguments that collections.OrderedDict does not take"},
        {"cfractions\nFraction\n(I1\nNtR.",
         "pickle, byte 26: arguments that fractions.Fraction does not take"},
        {"carray\narray\n(I1\ntR.", "pickle, byte 18: arguments that array.array does not take"},
        {"carray\n_array_reconstructor\n(carray\narray\nVi\nI99\nC\1xtR.",
         "pickle, byte 53: arguments that array._array_reconstructor does not take"},
        {"carray\n_array_reconstructor\n(carray\narray\nVi\nI2\nC\1xtR.",
         "pickle, byte 52: arguments that array._array_reconstructor does not take"},
        {"cdatetime\ntime\n(I1\nI2\nI3\nI4\nI5\ntR.",
         "pickle, byte 32: arguments that datetime.time does not take"},
        {"cuuid\nUUID\n)\201.", "pickle, byte 12: a UUID without its integer"},
        {"cuuid\nUUID\n)\201}Vint\nI-1\nsb.", "pickle, byte 12: a UUID without its integer"},
        {"c_codecs\nencode\n(Va\nVutf8\ntR.", "pickle, byte 27: an encoding other than Latin-1"},
        {"c_codecs\nencode\n(V\\u20ac\nVlatin1\ntR.",
         "pickle, byte 18: a character that Latin-1 has not"},
        {"c__builtin__\ngetattr\n(NVx\ntR.", "pickle, byte 27: an attribute of what is no class"},
        {"ccollections\nOrderedDict\n)RNa.",
         "pickle, byte 26: items of a dict where others are expected"},
    };
    (void)state;
    refuses_all(forms, PYRO_COUNT(forms));
}

static void nothing_is_called(void **state)
{
    static const char *const forms[][2] = {
        {"cos\nsystem\n(S'id'\ntR.", "os.system"},
        {"c__builtin__\ngetattr\n(c__builtin__\nint\nVreal\ntR.", "__builtin__.int"},
        {"c__builtin__\ngetattr\n(cdatetime\ndatetime\nVnow\ntR.", "datetime.datetime"},
        {"(lc__builtin__\neval\na.", "__builtin__.eval"},
        {"cPyro4.core\nProxy\n)\201(cos\nsystem\n(Vid\ntR(VPYRO\nVo\nNVh\nK\001tb"
         "\217\217\217NNNNtb.",
         "os.system"},
        {"cdatetime\ndatetime\n(I2020\nI1\nI2\nI3\nI4\nI5\nI6\nc__builtin__\ngetattr\n"
         "(czoneinfo\nZoneInfo\nV_unpickle\ntR(VEurope/Paris\nI01\ntRtR.",
         "zoneinfo.ZoneInfo"},
        {"cdill._dill\n_create_array\n(cos\nsystem\n(S'id'\ntNNtR.", "os.system"},
        {"cdill._dill\n_create_array\n(c__builtin__\ngetattr\n(c__main__\nC\nVx\ntNNtR.",
         "__builtin__.getattr"},
        {"cdill._dill\n_create_function\n)R)R.", "dill._dill._create_function"},
    };
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(forms); i++) {
        char message[200];
        struct recorder r;
        assert_int_equal(codec_read(P, exact_text(forms[i][0]), &r), PYRO_ESECURITY);
        snprintf(message, sizeof(message),
                 "refused to unpickle %s: pickles are read as data, and run nothing", forms[i][1]);
        assert_string_equal(r.err.message, message);
        recorder_free(&r);
    }
}

static void no_value_is_called(void **state)
{
    static const char *const forms[] = {"N)R.", "])R.", "Vos\n)R."};
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(forms); i++) {
        struct recorder r;
        assert_int_equal(codec_read(P, exact_text(forms[i]), &r), PYRO_ESECURITY);
        assert_string_equal(r.err.message, "refused to unpickle a call of what a pickle made");
        recorder_free(&r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(old_classes_are_read), cmocka_unit_test(pyrolite_is_read),
        cmocka_unit_test(zones_are_read),       cmocka_unit_test(extremes_are_refused),
        cmocka_unit_test(local_times_are_read), cmocka_unit_test(arrays_are_read),
        cmocka_unit_test(numpy_is_read),        cmocka_unit_test(odd_arrays_are_refused),
        cmocka_unit_test(proxies_are_read),     cmocka_unit_test(bad_arguments_are_refused),
        cmocka_unit_test(nothing_is_called),    cmocka_unit_test(no_value_is_called),
    };
    setenv("TZ", "UTC", 1);
    tzset();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
