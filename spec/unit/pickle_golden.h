/** @file
 * What Pyro4 4.82 sends as pickles, from Python 3.11: with its default, protocol 5, and with
 * protocol 2, as Python 2 and Pyrolite do. */
#ifndef SPEC_PICKLE_GOLDEN_H
#define SPEC_PICKLE_GOLDEN_H

struct pickle_golden {
    const char *hex, *value;
};

static const struct pickle_golden pickle_golden[] = {
    /* None, protocol 5 */
    {"80054e2e", "nil "},
    /* None, protocol 2 */
    {"80024e2e", "nil "},
    /* True, protocol 5 */
    {"8005882e", "true "},
    /* True, protocol 2 */
    {"8002882e", "true "},
    /* 1, protocol 5 */
    {"80054b012e", "1 "},
    /* 1, protocol 2 */
    {"80024b012e", "1 "},
    /* 255, protocol 5 */
    {"80054bff2e", "255 "},
    /* 255, protocol 2 */
    {"80024bff2e", "255 "},
    /* 256, protocol 5 */
    {"80059504000000000000004d00012e", "256 "},
    /* 256, protocol 2 */
    {"80024d00012e", "256 "},
    /* 65536, protocol 5 */
    {"80059506000000000000004a000001002e", "65536 "},
    /* 65536, protocol 2 */
    {"80024a000001002e", "65536 "},
    /* -1, protocol 5 */
    {"80059506000000000000004affffffff2e", "-1 "},
    /* -1, protocol 2 */
    {"80024affffffff2e", "-1 "},
    /* 2**31, protocol 5 */
    {"80059508000000000000008a0500000080002e", "2147483648 "},
    /* 2**31, protocol 2 */
    {"80028a0500000080002e", "2147483648 "},
    /* 2**63, protocol 5 */
    {"8005950c000000000000008a090000000000000080002e", "big:9223372036854775808 "},
    /* 2**63, protocol 2 */
    {"80028a090000000000000080002e", "big:9223372036854775808 "},
    /* 2**70, protocol 5 */
    {"8005950c000000000000008a090000000000000000402e", "big:1180591620717411303424 "},
    /* 2**70, protocol 2 */
    {"80028a090000000000000000402e", "big:1180591620717411303424 "},
    /* -2**70, protocol 5 */
    {"8005950c000000000000008a090000000000000000c02e", "big:-1180591620717411303424 "},
    /* -2**70, protocol 2 */
    {"80028a090000000000000000c02e", "big:-1180591620717411303424 "},
    /* 1.5, protocol 5 */
    {"8005950a00000000000000473ff80000000000002e", "1.5f "},
    /* 1.5, protocol 2 */
    {"8002473ff80000000000002e", "1.5f "},
    /* -0.0, protocol 5 */
    {"8005950a000000000000004780000000000000002e", "-0f "},
    /* -0.0, protocol 2 */
    {"80024780000000000000002e", "-0f "},
    /* inf, protocol 5 */
    {"8005950a00000000000000477ff00000000000002e", "inff "},
    /* inf, protocol 2 */
    {"8002477ff00000000000002e", "inff "},
    /* nan, protocol 5 */
    {"8005950a00000000000000477ff80000000000002e", "nanf "},
    /* nan, protocol 2 */
    {"8002477ff80000000000002e", "nanf "},
    /* '', protocol 5 */
    {"80059504000000000000008c00942e", "'' "},
    /* '', protocol 2 */
    {"8002580000000071002e", "'' "},
    /* 'x', protocol 5 */
    {"80059505000000000000008c0178942e", "'x' "},
    /* 'x', protocol 2 */
    {"800258010000007871002e", "'x' "},
    /* 'e acute', protocol 5 */
    {"80059506000000000000008c02c3a9942e", "'\303\251' "},
    /* 'e acute', protocol 2 */
    {"80025802000000c3a971002e", "'\303\251' "},
    /* 'a smile', protocol 5 */
    {"80059508000000000000008c04f09f9880942e", "'\360\237\230\200' "},
    /* 'a smile', protocol 2 */
    {"80025804000000f09f988071002e", "'\360\237\230\200' "},
    /* b'', protocol 5 */
    {"80059504000000000000004300942e", "b'' "},
    /* b'', protocol 2 */
    {"8002635f5f6275696c74696e5f5f0a62797465730a7100295271012e", "b'' "},
    /* b'\x00\xff', protocol 5 */
    {"8005950600000000000000430200ff942e", "b'00ff' "},
    /* b'\x00\xff', protocol 2 */
    {"8002635f636f646563730a656e636f64650a7100580300000000c3bf710158060000006c6174696e3171028671035"
     "271042e",
     "b'00ff' "},
    /* bytearray(b'ab'), protocol 5 */
    {"8005950d000000000000009602000000000000006162942e", "b'6162' "},
    /* bytearray(b'ab'), protocol 2 */
    {"8002635f5f6275696c74696e5f5f0a6279746561727261790a7100635f636f646563730a656e636f64650a7101580"
     "20000006162710258060000006c6174696e3171038671045271058571065271072e",
     "b'6162' "},
    /* [], protocol 5 */
    {"80055d942e", "[0 ] "},
    /* [], protocol 2 */
    {"80025d71002e", "[0 ] "},
    /* [1], protocol 5 */
    {"80059506000000000000005d944b01612e", "[1 1 ] "},
    /* [1], protocol 2 */
    {"80025d71004b01612e", "[1 1 ] "},
    /* [1,2], protocol 5 */
    {"80059509000000000000005d94284b014b02652e", "[2 1 2 ] "},
    /* [1,2], protocol 2 */
    {"80025d7100284b014b02652e", "[2 1 2 ] "},
    /* (), protocol 5 */
    {"8005292e", "(0 ) "},
    /* (), protocol 2 */
    {"8002292e", "(0 ) "},
    /* (1,), protocol 5 */
    {"80059505000000000000004b0185942e", "(1 1 ) "},
    /* (1,), protocol 2 */
    {"80024b018571002e", "(1 1 ) "},
    /* (1,2), protocol 5 */
    {"80059507000000000000004b014b0286942e", "(2 1 2 ) "},
    /* (1,2), protocol 2 */
    {"80024b014b028671002e", "(2 1 2 ) "},
    /* (1,2,3), protocol 5 */
    {"80059509000000000000004b014b024b0387942e", "(3 1 2 3 ) "},
    /* (1,2,3), protocol 2 */
    {"80024b014b024b038771002e", "(3 1 2 3 ) "},
    /* (1,2,3,4), protocol 5 */
    {"8005950c00000000000000284b014b024b034b0474942e", "(4 1 2 3 4 ) "},
    /* (1,2,3,4), protocol 2 */
    {"8002284b014b024b034b047471002e", "(4 1 2 3 4 ) "},
    /* {}, protocol 5 */
    {"80057d942e", "{0 } "},
    /* {}, protocol 2 */
    {"80027d71002e", "{0 } "},
    /* {'a':1}, protocol 5 */
    {"8005950a000000000000007d948c0161944b01732e", "{1 'a' 1 } "},
    /* {'a':1}, protocol 2 */
    {"80027d710058010000006171014b01732e", "{1 'a' 1 } "},
    /* {1:2,'b':None}, protocol 5 */
    {"8005950e000000000000007d94284b014b028c0162944e752e", "{2 1 2 'b' nil } "},
    /* {1:2,'b':None}, protocol 2 */
    {"80027d7100284b014b0258010000006271014e752e", "{2 1 2 'b' nil } "},
    /* set(), protocol 5 */
    {"80058f942e", "<0 > "},
    /* set(), protocol 2 */
    {"8002635f5f6275696c74696e5f5f0a7365740a71005d71018571025271032e", "<0 > "},
    /* {1}, protocol 5 */
    {"80059507000000000000008f94284b01902e", "<1 1 > "},
    /* {1}, protocol 2 */
    {"8002635f5f6275696c74696e5f5f0a7365740a71005d71014b01618571025271032e", "<1 1 > "},
    /* frozenset({1}), protocol 5 */
    {"8005950600000000000000284b0191942e", "!1 1 ! "},
    /* frozenset({1}), protocol 2 */
    {"8002635f5f6275696c74696e5f5f0a66726f7a656e7365740a71005d71014b01618571025271032e", "!1 1 ! "},
    /* (3+4j), protocol 5 */
    {"8005952e000000000000008c086275696c74696e73948c07636f6d706c65789493944740080000000000004740100"
     "00000000000869452942e",
     "complex:3,4 "},
    /* (3+4j), protocol 2 */
    {"8002635f5f6275696c74696e5f5f0a636f6d706c65780a71004740080000000000004740100000000000008671015"
     "271022e",
     "complex:3,4 "},
    /* Decimal('1.50'), protocol 5 */
    {"80059522000000000000008c07646563696d616c948c07446563696d616c9493948c04312e353094859452942e",
     "'1.50' "},
    /* Decimal('1.50'), protocol 2 */
    {"800263646563696d616c0a446563696d616c0a71005804000000312e353071018571025271032e", "'1.50' "},
    /* UUID(5), protocol 5 */
    {"80059520000000000000008c0475756964948c04555549449493942981947d948c03696e74944b0573622e",
     "'00000000-0000-0000-0000-000000000005' "},
    /* UUID(5), protocol 2 */
    {"800263757569640a555549440a7100298171017d71025803000000696e7471034b0573622e",
     "'00000000-0000-0000-0000-000000000005' "},
    /* Fraction(1,3), protocol 5 */
    {"80059522000000000000008c096672616374696f6e73948c084672616374696f6e9493944b014b03869452942e",
     "'1/3' "},
    /* Fraction(1,3), protocol 2 */
    {"8002636672616374696f6e730a4672616374696f6e0a71004b014b038671015271022e", "'1/3' "},
    /* datetime, protocol 5 */
    {"8005952a000000000000008c086461746574696d65948c086461746574696d65949394430a07e4010203040500000"
     "694859452942e",
     "datetime:1577934245.000006 "},
    /* datetime, protocol 2 */
    {"8002636461746574696d650a6461746574696d650a7100635f636f646563730a656e636f64650a7101580b0000000"
     "7c3a40102030405000006710258060000006c6174696e3171038671045271058571065271072e",
     "datetime:1577934245.000006 "},
    /* datetime utc, protocol 5 */
    {"80059557000000000000008c086461746574696d65948c086461746574696d65949394430a07e4010203040500000"
     "69468008c0874696d657a6f6e6594939468008c0974696d6564656c74619493944b004b004b008794529485945294"
     "869452942e",
     "'2020-01-02T03:04:05.000006+00:00' "},
    /* datetime utc, protocol 2 */
    {"8002636461746574696d650a6461746574696d650a7100635f636f646563730a656e636f64650a7101580b0000000"
     "7c3a40102030405000006710258060000006c6174696e317103867104527105636461746574696d650a74696d657a"
     "6f6e650a7106636461746574696d650a74696d6564656c74610a71074b004b004b0087710852710985710a52710b8"
     "6710c52710d2e",
     "'2020-01-02T03:04:05.000006+00:00' "},
    /* date, protocol 5 */
    {"80059520000000000000008c086461746574696d65948c0464617465949394430407e4010294859452942e",
     "date:737426 "},
    /* date, protocol 2 */
    {"8002636461746574696d650a646174650a7100635f636f646563730a656e636f64650a7101580500000007c3a4010"
     "2710258060000006c6174696e3171038671045271058571065271072e",
     "date:737426 "},
    /* time, protocol 5 */
    {"80059522000000000000008c086461746574696d65948c0474696d65949394430603040500000694859452942e",
     "'03:04:05.000006' "},
    /* time, protocol 2 */
    {"8002636461746574696d650a74696d650a7100635f636f646563730a656e636f64650a71015806000000030405000"
     "006710258060000006c6174696e3171038671045271058571065271072e",
     "'03:04:05.000006' "},
    /* timedelta, protocol 5 */
    {"80059524000000000000008c086461746574696d65948c0974696d6564656c74619493944b014b024b03879452942"
     "e",
     "86402.000002999994f "},
    /* timedelta, protocol 2 */
    {"8002636461746574696d650a74696d6564656c74610a71004b014b024b038771015271022e",
     "86402.000002999994f "},
    /* OrderedDict, protocol 5 */
    {"80059530000000000000008c0b636f6c6c656374696f6e73948c0b4f72646572656444696374949394295294288c0"
     "17a944b018c0161944b02752e",
     "{2 'z' 1 'a' 2 } "},
    /* OrderedDict, protocol 2 */
    {"800263636f6c6c656374696f6e730a4f726465726564446963740a7100295271012858010000007a71024b0158010"
     "000006171034b02752e",
     "{2 'z' 1 'a' 2 } "},
    /* defaultdict(list), protocol 5 */
    {"80059541000000000000008c0b636f6c6c656374696f6e73948c0b64656661756c74646963749493948c086275696"
     "c74696e73948c046c697374949394859452948c016b945d944b0161732e",
     "{1 'k' [1 1 ] } "},
    /* defaultdict(list), protocol 2 */
    {"800263636f6c6c656374696f6e730a64656661756c74646963740a7100635f5f6275696c74696e5f5f0a6c6973740"
     "a710185710252710358010000006b71045d71054b0161732e",
     "{1 'k' [1 1 ] } "},
    /* deque, protocol 5 */
    {"80059526000000000000008c0b636f6c6c656374696f6e73948c056465717565949394294b0586945294284b014b0"
     "2652e",
     "[2 1 2 ] "},
    /* deque, protocol 2 */
    {"800263636f6c6c656374696f6e730a64657175650a7100294b05867101527102284b014b02652e", "[2 1 2 ] "},
    /* Counter, protocol 5 */
    {"8005952f000000000000008c0b636f6c6c656374696f6e73948c07436f756e7465729493947d94288c0161944b028"
     "c0162944b0175859452942e",
     "{2 'a' 2 'b' 1 } "},
    /* Counter, protocol 2 */
    {"800263636f6c6c656374696f6e730a436f756e7465720a71007d71012858010000006171024b02580100000062710"
     "34b01758571045271052e",
     "{2 'a' 2 'b' 1 } "},
    /* namedtuple Pt(1,2), protocol 5 */
    {"8005951b000000000000008c085f5f6d61696e5f5f948c0250749493944b014b02869481942e", "(2 1 2 ) "},
    /* namedtuple Pt(1,2), protocol 2 */
    {"8002635f5f6d61696e5f5f0a50740a71004b014b028671018171022e", "(2 1 2 ) "},
    /* Enum Color.RED, protocol 5 */
    {"80059537000000000000008c086275696c74696e73948c07676574617474729493948c085f5f6d61696e5f5f948c0"
     "5436f6c6f729493948c0352454494869452942e",
     "'RED' "},
    /* Enum Color.RED, protocol 2 */
    {"8002635f5f6275696c74696e5f5f0a676574617474720a7100635f5f6d61696e5f5f0a436f6c6f720a71015803000"
     "00052454471028671035271042e",
     "'RED' "},
    /* array i, protocol 5 */
    {"8005954a000000000000008c056172726179948c145f61727261795f7265636f6e7374727563746f72949394288c0"
     "56172726179948c0561727261799493948c0169944b084308010000000200000094749452942e",
     "[2 1 2 ] "},
    /* array i, protocol 2 */
    {"80026361727261790a61727261790a710058010000006971015d7102284b014b02658671035271042e",
     "[2 1 2 ] "},
    /* range(3), protocol 5 */
    {"80059520000000000000008c086275696c74696e73948c0572616e67659493944b004b034b01879452942e",
     "[3 0 1 2 ] "},
    /* range(3), protocol 2 */
    {"8002635f5f6275696c74696e5f5f0a7872616e67650a71004b004b034b018771015271022e", "[3 0 1 2 ] "},
    /* slice, protocol 5 */
    {"8005951f000000000000008c086275696c74696e73948c05736c6963659493944b014b024e879452942e",
     "(3 1 2 nil ) "},
    /* slice, protocol 2 */
    {"8002635f5f6275696c74696e5f5f0a736c6963650a71004b014b024e8771015271022e", "(3 1 2 nil ) "},
    /* object C, protocol 5 */
    {"80059529000000000000008c085f5f6d61696e5f5f948c01439493942981947d94288c0161944b018c0162945d944"
     "b026175622e",
     "{3 '__class__' '__main__.C' 'a' 1 'b' [1 2 ] } "},
    /* object C, protocol 2 */
    {"8002635f5f6d61696e5f5f0a430a7100298171017d71022858010000006171034b0158010000006271045d71054b0"
     "26175622e",
     "{3 '__class__' '__main__.C' 'a' 1 'b' [1 2 ] } "},
    /* slots S, protocol 5 */
    {"80059522000000000000008c085f5f6d61696e5f5f948c01539493942981944e7d948c0178944b05738694622e",
     "{2 '__class__' '__main__.S' 'x' 5 } "},
    /* slots S, protocol 2 */
    {"8002635f5f6d61696e5f5f0a530a7100298171014e7d710258010000007871034b0573867104622e",
     "{2 '__class__' '__main__.S' 'x' 5 } "},
    /* ValueError("m") with traceback and extra, protocol 5 */
    {"80059550000000000000008c086275696c74696e73948c0a56616c75654572726f729493948c016d94859452947d9"
     "4288c0e5f7079726f54726163656261636b945d948c076c696e6520310a94618c056578747261944b0375622e",
     "{4 '__class__' 'builtins.ValueError' '__exception__' true 'args' (1 'm' ) 'attributes' {2 "
     "'_pyroTraceback' [1 'line 1\n' ] 'extra' 3 } } "},
    /* ValueError("m") with traceback and extra, protocol 2 */
    {"800263657863657074696f6e730a56616c75654572726f720a710058010000006d71018571025271037d710428580"
     "e0000005f7079726f54726163656261636b71055d710658070000006c696e6520310a710761580500000065787472"
     "6171084b0375622e",
     "{4 '__class__' 'exceptions.ValueError' '__exception__' true 'args' (1 'm' ) 'attributes' {2 "
     "'_pyroTraceback' [1 'line 1\n' ] 'extra' 3 } } "},
    /* KeyError, protocol 5 */
    {"80059521000000000000008c086275696c74696e73948c084b65794572726f729493948c016b94859452942e",
     "{4 '__class__' 'builtins.KeyError' '__exception__' true 'args' (1 'k' ) 'attributes' {0 } "
     "} "},
    /* KeyError, protocol 2 */
    {"800263657863657074696f6e730a4b65794572726f720a710058010000006b71018571025271032e",
     "{4 '__class__' 'exceptions.KeyError' '__exception__' true 'args' (1 'k' ) 'attributes' {0 } "
     "} "},
    /* OSError, protocol 5 */
    {"80059536000000000000008c086275696c74696e73948c1146696c654e6f74466f756e644572726f729493944b028"
     "c076e6f2073756368948c016694879452942e",
     "{4 '__class__' 'builtins.FileNotFoundError' '__exception__' true 'args' (3 2 'no such' 'f' ) "
     "'attributes' {0 } } "},
    /* OSError, protocol 2 */
    {"800263657863657074696f6e730a4f534572726f720a71004b0258070000006e6f207375636871015801000000667"
     "1028771035271042e",
     "{4 '__class__' 'exceptions.OSError' '__exception__' true 'args' (3 2 'no such' 'f' ) "
     "'attributes' {0 } } "},
    /* NamingError, protocol 5 */
    {"80059536000000000000008c0c5079726f342e6572726f7273948c0b4e616d696e674572726f729493948c0f756e6"
     "b6e6f776e206e616d653a207894859452942e",
     "{4 '__class__' 'Pyro4.errors.NamingError' '__exception__' true 'args' (1 'unknown name: x' ) "
     "'attributes' {0 } } "},
    /* NamingError, protocol 2 */
    {"8002635079726f342e6572726f72730a4e616d696e674572726f720a7100580f000000756e6b6e6f776e206e616d6"
     "53a207871018571025271032e",
     "{4 '__class__' 'Pyro4.errors.NamingError' '__exception__' true 'args' (1 'unknown name: x' ) "
     "'attributes' {0 } } "},
    /* UnicodeDecodeError, protocol 5 */
    {"8005953b000000000000008c086275696c74696e73948c12556e69636f64654465636f64654572726f72949394288"
     "c047574663894430161944b004b018c017294749452942e",
     "{4 '__class__' 'builtins.UnicodeDecodeError' '__exception__' true 'args' (5 'utf8' b'61' 0 1 "
     "'r' ) 'attributes' {0 } } "},
    /* UnicodeDecodeError, protocol 2 */
    {"800263657863657074696f6e730a556e69636f64654465636f64654572726f720a710028580400000075746638710"
     "1635f636f646563730a656e636f64650a7102580100000061710358060000006c6174696e3171048671055271064b"
     "004b0158010000007271077471085271092e",
     "{4 '__class__' 'exceptions.UnicodeDecodeError' '__exception__' true 'args' (5 'utf8' b'61' 0 "
     "1 'r' ) 'attributes' {0 } } "},
    /* URI, protocol 5 */
    {"8005952f000000000000008c0a5079726f342e636f7265948c03555249949394298194288c045059524f948c016f9"
     "44e8c0168944b017494622e",
     "{2 '__class__' 'Pyro4.core.URI' 'state' (5 'PYRO' 'o' nil 'h' 1 ) } "},
    /* URI, protocol 2 */
    {"8002635079726f342e636f72650a5552490a7100298171012858040000005059524f710258010000006f71034e580"
     "10000006871044b01747105622e",
     "{2 '__class__' 'Pyro4.core.URI' 'state' (5 'PYRO' 'o' nil 'h' 1 ) } "},
    /* Proxy, protocol 5 */
    {"8005955d000000000000008c0a5079726f342e636f7265948c0550726f78799493942981942868008c03555249949"
     "394298194288c045059524f948c016f944e8c0168944b017494628f948f948f944700000000000000004e8c056865"
     "6c6c6f944b004e7494622e",
     "{2 '__class__' 'Pyro4.core.Proxy' 'state' (9 'PYRO:o@h:1' <0 > <0 > <0 > 0f nil 'hello' 0 "
     "nil ) } "},
    /* Proxy, protocol 2 */
    {"8002635079726f342e636f72650a50726f78790a71002981710128635079726f342e636f72650a5552490a7102298"
     "171032858040000005059524f710458010000006f71054e58010000006871064b0174710762635f5f6275696c7469"
     "6e5f5f0a7365740a71085d710985710a52710b68085d710c85710d52710e68085d710f85711052711147000000000"
     "00000004e580500000068656c6c6f71124b004e747113622e",
     "{2 '__class__' 'Pyro4.core.Proxy' 'state' (9 'PYRO:o@h:1' <0 > <0 > <0 > 0f nil 'hello' 0 "
     "nil ) } "},
    /* _ExceptionWrapper, protocol 5 */
    {"8005955c000000000000008c0d5079726f342e66757475726573948c115f457863657074696f6e577261707065729"
     "493942981947d948c09657863657074696f6e948c086275696c74696e73948c0a56616c75654572726f729493948c"
     "0177948594529473622e",
     "{2 '__class__' 'Pyro4.futures._ExceptionWrapper' 'exception' {4 '__class__' "
     "'builtins.ValueError' '__exception__' true 'args' (1 'w' ) 'attributes' {0 } } } "},
    /* _ExceptionWrapper, protocol 2 */
    {"8002635079726f342e667574757265730a5f457863657074696f6e577261707065720a7100298171017d710258090"
     "00000657863657074696f6e710363657863657074696f6e730a56616c75654572726f720a71045801000000777105"
     "85710652710773622e",
     "{2 '__class__' 'Pyro4.futures._ExceptionWrapper' 'exception' {4 '__class__' "
     "'exceptions.ValueError' '__exception__' true 'args' (1 'w' ) 'attributes' {0 } } } "},
    /* shared list twice, protocol 5 */
    {"8005950c000000000000005d94285d944b01616801652e", "[2 [1 1 ] [1 1 ] ] "},
    /* shared list twice, protocol 2 */
    {"80025d7100285d71014b01616801652e", "[2 [1 1 ] [1 1 ] ] "},
    /* nested 3, protocol 5 */
    {"8005950c000000000000005d945d945d944b016161612e", "[1 [1 [1 1 ] ] ] "},
    /* nested 3, protocol 2 */
    {"80025d71005d71015d71024b016161612e", "[1 [1 [1 1 ] ] ] "},
};

static const struct pickle_golden pickle_refused[] = {
    /* class C, protocol 5 */
    {"80059512000000000000008c085f5f6d61696e5f5f948c01439493942e",
     "SecurityError: refused to unpickle __main__.C: pickles are read as data, and run nothing"},
    /* class C, protocol 2 */
    {"8002635f5f6d61696e5f5f0a430a71002e",
     "SecurityError: refused to unpickle __main__.C: pickles are read as data, and run nothing"},
    /* function len, protocol 5 */
    {"80059514000000000000008c086275696c74696e73948c036c656e9493942e",
     "SecurityError: refused to unpickle builtins.len: pickles are read as data, and run nothing"},
    /* function len, protocol 2 */
    {"8002635f5f6275696c74696e5f5f0a6c656e0a71002e",
     "SecurityError: refused to unpickle __builtin__.len: pickles are read as data, and run "
     "nothing"},
    /* own exception E("m"), protocol 5 */
    {"8005951a000000000000008c085f5f6d61696e5f5f948c01459493948c016d94859452942e",
     "SecurityError: refused to unpickle __main__.E: pickles are read as data, and run nothing"},
    /* own exception E("m"), protocol 2 */
    {"8002635f5f6d61696e5f5f0a450a710058010000006d71018571025271032e",
     "SecurityError: refused to unpickle __main__.E: pickles are read as data, and run nothing"},
    /* recursive list, protocol 5 */
    {"80059506000000000000005d946800612e",
     "SerializeError: pickle, byte 11: a value that contains itself"},
    /* recursive list, protocol 2 */
    {"80025d71006800612e", "SerializeError: pickle, byte 2: a value that contains itself"},
    /* os.system by GLOBAL */
    {"636f730a73797374656d0a2853276964270a74522e",
     "SecurityError: refused to unpickle os.system: pickles are read as data, and run nothing"},
    /* builtins.eval by STACK_GLOBAL */
    {"80049515000000000000008c086275696c74696e73948c046576616c9493948c03312b3185522e",
     "SecurityError: refused to unpickle builtins.eval: pickles are read as data, and run nothing"},
    /* getattr trick */
    {"80048c086275696c74696e738c0767657461747472932e",
     "SecurityError: refused to unpickle builtins.getattr: pickles are read as data, and run "
     "nothing"},
    /* EXT1 */
    {"800282012e", "SecurityError: refused to unpickle what is not in the pickle, byte 2"},
    /* PERSID */
    {"50780a2e", "SecurityError: refused to unpickle what is not in the pickle, byte 0"},
    /* BINPERSID */
    {"80024b01512e", "SecurityError: refused to unpickle what is not in the pickle, byte 4"},
    /* INST */
    {"28696f730a73797374656d0a2e",
     "SecurityError: refused to unpickle os.system: pickles are read as data, and run nothing"},
    /* OBJ */
    {"28636f730a73797374656d0a6f2e",
     "SecurityError: refused to unpickle os.system: pickles are read as data, and run nothing"},
    /* memo index 2**31-1 */
    {"80024e72ffffff7f2e",
     "SerializeError: pickle, byte 7: a place in the memo beyond what can be filled"},
    /* FRAME longer than the message */
    {"800495ffffffffffffff7f4e2e", "SerializeError: pickle cut short"},
    /* BINBYTES8 longer than the message */
    {"80048effffffffffffff7f2e", "SerializeError: pickle cut short"},
    /* LONG4 negative size */
    {"80028bffffffff2e", "SerializeError: pickle, byte 3: a negative size"},
    /* STOP without value */
    {"80042e", "SerializeError: pickle, byte 2: the end without a value"},
    /* no STOP */
    {"80044e", "SerializeError: pickle cut short"},
    /* two values left */
    {"80044e4e2e", "SerializeError: pickle, byte 4: the end with more than one value"},
    /* pop below a mark */
    {"800428652e", "SerializeError: pickle, byte 3: too few values on the stack"},
    /* SETITEM on a list */
    {"80045d4e4e732e", "SerializeError: pickle, byte 5: items for what is no dict"},
    /* BUILD on an int */
    {"80044b017d622e",
     "SerializeError: pickle, byte 5: a state for what is no instance of a class"},
    /* unhashable key */
    {"80047d5d4e732e",
     "SerializeError: pickle, byte 3: no list, dict or set may be a key or in a set"},
};

#endif
