"""Why tests of the suites are left out, and why others may fail that pass with Pyro's own servers.

Keys are the generation and the suite's file, then patterns of tests, with "@" and the serializer where it matters.
"""
import fnmatch

INSIDE = "it looks inside of Python objects"
PROGRAMS = "it looks for words of Python's own parser of command lines"
STORAGE = "there is no storage by dbm"
PYTHON = "it is about Python alone: nothing is served or sent"
SUBCLASS = "it is about a subclass of Pyro's serializer"
VALUE = "a daemon or a serializer as a value is a Python object"

DAEMON = {
    "*.testBehavior*": INSIDE,
    "*.testClientDisconnectLockIsPerDaemon": INSIDE,
    "*.testCombine": INSIDE,
    "*.test*Handshake*": INSIDE,
    "*.testDaemon*": INSIDE,
    "*.testInstanceCreation*": INSIDE,
    "*.testSerializer*": INSIDE,
    "*.testServertype*": INSIDE,
    "*.testRegisterTwiceForced": INSIDE,
    "*.testRegisterEtc": INSIDE,
    "*.testMetaResetCache": INSIDE,
    "test_*_lifetime": INSIDE,
}

LEFT_OUT = {
    ("5", "test_server"): {
        "TestMetaAndExpose.*": INSIDE,
        "TestSimpleServe.*": INSIDE,
        "TestExposeDecorator.*": INSIDE,
        "TestBehaviorDecorator.*": INSIDE,
        "*.testSerializedBlob*": PYTHON,
    },
    ("4", "test_server"): {
        "*.testSerializedBlob*": PYTHON,
    },
    ("4", "test_daemon"): DAEMON,
    ("5", "test_daemon"): DAEMON,
    ("4", "test_naming2"): {
        "OfflineNameServerTestsDbmStorage.*": STORAGE,
        "*.testNSmain": PROGRAMS,
        "*.testNSCmain": PROGRAMS,
        "*.testNameserverWithStmt": INSIDE,
        "*.testStartNSfunc": INSIDE,
    },
    ("5", "test_naming"): {
        "*.testNSmain": PROGRAMS,
        "*.testNSCmain": PROGRAMS,
        "*.testNameserverWithStmt": INSIDE,
        "*.testStartNSfunc": INSIDE,
        "*.testRemoveNameThreadSafe": INSIDE,
    },
    ("4", "test_echoserver"): {
        "*.testExposed": INSIDE,
    },
    ("5", "test_echoserver"): {
        "*.testExposed": INSIDE,
    },
    ("4", "test_httpgateway"): {
        "*.testParams": PYTHON,
    },
    ("5", "test_httpgateway"): {
        "*.test_params": PYTHON,
    },
    ("4", "test_serialize"): {
        "*.testSerItself": VALUE,
        "*.testSerDaemonHack": VALUE,
        "*.testAutoProxy*": INSIDE,
        "*.testProtocolVersion": PYTHON,
        "*.testRegisterTypeReplacementSanity": PYTHON,
        "*.testRecreateClasses": PYTHON,
        "*.testPyroClassesForDict": PYTHON,
        "*.testProxySerializationCompat": PYTHON,
        "GenericTests.testSerializersAvailable*": PYTHON,
        "GenericTests.testAssignedSerializerIds": PYTHON,
        "GenericTests.test*Dict*": PYTHON,
        "GenericTests.testException*": PYTHON,
    },
    ("5", "test_serialize"): {
        "*.testSerDaemonHack": VALUE,
        "*.testRegisterTypeReplacementSanity": PYTHON,
        "*.testRecreateClasses": PYTHON,
        "*.testProxySerializationCompat": PYTHON,
        "TestMsgpackExtHookLoadsCall.*": SUBCLASS,
        "TestGenericCases.testSerializersAvailable*": PYTHON,
        "TestGenericCases.testAssignedSerializerIds": PYTHON,
        "TestGenericCases.test*Dict*": PYTHON,
        "TestGenericCases.testException*": PYTHON,
        "TestGenericCases.testUnsupportedSerializedClassWarning": PYTHON,
    },
}

ONE_SERVER = "calls of several clients always overlap: there is no server of another type"
NARROWED = "pyro.expose() always narrows; REQUIRE_EXPOSE says what becomes of classes without it"
AUTOCLEAN = "there is no thread of which to shorten the times"
ECHO_TEXT = "one echo server for both generations: the text of the error is Pyro4's"
PORT = "a port is at most 65535"
STATS = "Pyro.Daemon has stats(), too"
WHICH = "the error says which id is taken"
RECURSION = "what contains itself is refused"
FUNCTIONS = "functions are not read: nothing that travels is run"
EMPTY_SET = "the names travel by serpent, which has an empty set as an empty tuple"
SERIALIZER_NAME = "a proxy's serializer is kept if it exists"

UNLIKE = {
    "*.testNATzeroPort": PORT,
    "*.testRegisterTwice": WHICH,
    "*MetaInfo*.testMeta": STATS,
}

DIFFERENT = {
    ("4", "test_server"): {
        "ServerTestsOnce.testExposedNotRequired": NARROWED,
        "ServerTestsMultiplexNoTimeout.testServerParallelism": ONE_SERVER,
    },
    ("4", "test_daemon"): UNLIKE,
    ("5", "test_daemon"): UNLIKE,
    ("4", "test_naming"): {
        "NameServerTests.testAutoClean": AUTOCLEAN,
    },
    ("5", "test_naming"): {
        "TestNameServer.testAutoClean": AUTOCLEAN,
        "TestOfflineNameServer*.testEmptyMetadata": EMPTY_SET,
    },
    ("5", "test_echoserver"): {
        "TestEchoserver.testError": ECHO_TEXT,
    },
    ("4", "test_serialize"): {
        "*.testPyroClasses": SERIALIZER_NAME,
        "SerializeTests_*pickle.testCircular": RECURSION,
        "SerializeTests_dill.testCircular": RECURSION,
        "*.testSerializeL*": FUNCTIONS,
    },
    ("5", "test_serialize"): {
        "TestSerializer2_*.testPyroClasses": SERIALIZER_NAME,
        "Test*Serializer.testSerializePyroTypes": VALUE,
    },
}


def _find(reasons, pyro, file, test, serializer):
    for pattern, reason in reasons.get((pyro, file), {}).items():
        name, _, only = pattern.partition("@")
        if fnmatch.fnmatchcase(test, name) and only in ("", serializer):
            return reason
    return None


def left_out(pyro, file, test, serializer):
    """Why the test is not run; None if it is."""
    return _find(LEFT_OUT, pyro, file, test, serializer)


def different(pyro, file, test, serializer):
    """Why the test may fail; None if it must pass."""
    return _find(DIFFERENT, pyro, file, test, serializer)
