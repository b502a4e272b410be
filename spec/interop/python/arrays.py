"""Arrays of numpy between Python and Lua. usage: arrays.py Pyro4|Pyro5 HOW [URI]: serves them, or with a URI, sends
them to an echo there. HOW they travel: "patched" by msgpack-numpy, "registered" as a class's dict, "pickled"."""
import base64
import io
import sys

import numpy

from generation import Daemon, Proxy, Serializer, expose

HOW = sys.argv[2]
if HOW == "patched":
    import msgpack_numpy
    msgpack_numpy.patch()  # which does not pack dates
elif HOW == "registered":  # as docs/arrays.md has it
    Serializer.register_class_to_dict(numpy.ndarray, lambda a: {
        "__class__": "numpy.ndarray", "shape": a.shape, "dtype": a.dtype.str, "data": base64.b64encode(a.tobytes()).decode()})
    Serializer.register_dict_to_class("numpy.ndarray", lambda name, d: numpy.ndarray(
        d["shape"], d["dtype"], base64.b64decode(d["data"])))

CUBE = numpy.arange(24, dtype="<i4").reshape(2, 3, 4)
ARRAYS = {
    "float64": numpy.array([[1, 2.5, -3], [4, float("inf"), 1e-300]]),
    "float32": numpy.array([0.5, -1.5], dtype="f4"),
    "float16": numpy.array([0.1, 65504, 6e-8, -2], dtype="f2"),
    "big endian": numpy.array([[1, 2], [65535, 256]], dtype=">u2"),
    "int8": numpy.array([-128, 127], dtype="i1"),
    "uint64": numpy.array([2**64 - 1, 2**63, 1], dtype="u8"),
    "int64": numpy.array([-2**63, 2**63 - 1]),
    "bool": numpy.array([True, False, True]),
    "complex128": numpy.array([1 + 2j, -0.5j]),
    "complex64": numpy.array([[1 - 2j]], dtype=">c8"),
    "cube": CUBE,
    "fortran": numpy.asfortranarray(CUBE),
    "slice": CUBE[:, ::2, 1:3],
    "transposed": CUBE.T,
    "point": numpy.array(7.5),
    "empty": numpy.zeros((2, 0, 3)),
    "text": numpy.array(["caf\xe9", "\U0001f600", ""]),
    "bytes": numpy.array([b"ab", b"abc"]),
    "image": (numpy.arange(256 * 256) * 7919 % 65536).astype("<u2").reshape(256, 256),
}
if HOW != "patched":
    ARRAYS["date"] = numpy.array(["2020-02-29T12:00"], dtype="M8[s]")


def shown(name):
    """The items as Lua's pyro.repr() shows them: bytes that are text as such, dates as numbers."""
    array = ARRAYS[name]
    if array.dtype.kind == "S":
        array = array.astype("U")
    return repr((array.astype("i8") if array.dtype.kind == "M" else array).tolist())


def difference(name, got):
    """What an array that came is not, or None."""
    array = ARRAYS[name]
    if type(got) is not numpy.ndarray:
        return "%s: %r is no array" % (name, got)
    if HOW == "pickled":
        got = got.astype(got.dtype.newbyteorder(array.dtype.byteorder))  # numpy turns it when it reads a pickle
    if got.shape != array.shape or got.dtype != array.dtype or got.tobytes() != array.tobytes():
        return "%s: %r is not %r" % (name, got, array)


@expose
class Arrays(object):
    def names(self):
        return sorted(ARRAYS)

    def shown(self, name):
        return shown(name)

    def make(self, name):
        return ARRAYS[name]

    def make_all(self):
        return [ARRAYS[name] for name in sorted(ARRAYS)], {"a": {"b": ARRAYS["cube"]}}

    def difference(self, name, array):
        return difference(name, array)

    def npy(self, name):
        out = io.BytesIO()
        numpy.save(out, ARRAYS[name])
        return base64.b64encode(out.getvalue()).decode()  # text, as json has no bytes

    def npy_difference(self, name, text):
        return difference(name, numpy.load(io.BytesIO(base64.b64decode(text)), allow_pickle=False))

    def numbers(self):
        return [numpy.float32(1.5), numpy.int64(-3), numpy.uint64(2**64 - 1), numpy.bool_(True), numpy.complex64(1 - 2j),
                numpy.float64(0.1), numpy.float16(0.5), 3 + 4j, -0.5j]

    def objects(self):
        return numpy.array([None])

    def records(self):
        return numpy.array([(1, 2.5)], dtype=[("a", "<i4"), ("b", "<f8")])


def send_all(proxy):
    for name in sorted(ARRAYS):
        for got in (proxy.echo(ARRAYS[name]), proxy.echo([{"x": ARRAYS[name]}])[0]["x"]):
            wrong = difference(name, got)
            if wrong:
                print(wrong)
    for refused in (Arrays().objects(), Arrays().records()):
        try:
            print("came back:", proxy.echo(refused))
        except Exception as x:
            print(type(x).__name__, x)
    print(proxy.sum(ARRAYS["cube"], factor=numpy.ndarray((1,), "<i4", b"\2\0\0\0")), len(ARRAYS))


if len(sys.argv) > 3:
    with Proxy(sys.argv[3]) as server:
        send_all(server)
else:
    daemon = Daemon()
    print("PORT", daemon.register(Arrays(), "target").port, flush=True)
    daemon.requestLoop()
