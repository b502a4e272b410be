"""Puts bytes into a store in Lua, and gets them; prints the types of what comes back for valid UTF-8, and for others.
usage: bytes_and_back.py Pyro4|Pyro5 URI"""
import sys

import serpent

from generation import Proxy

VALUES = {True: [b"hello", bytearray(b"hello")], False: [b"\xff\xfe", bytearray(b"\xff\xfe")]}


def native(value):
    """Serpent's clients get a dict, which serpent.tobytes() reads."""
    return serpent.tobytes(value) if isinstance(value, dict) and "encoding" in value else value


def came_back(proxy, value):
    """The value, by itself and in a list and a dict: of one type."""
    proxy.put("a", value)
    proxy.put("b", [value, {"c": value}])
    got = proxy.get("b")
    values = [native(proxy.get("a")), native(got[0]), native(got[1]["c"])]
    assert values[0] == values[1] == values[2] and values[0] in (bytes(value), bytes(value).decode("latin-1")), values
    return type(values[0]).__name__


proxy = Proxy(sys.argv[2])
types = {text: {came_back(proxy, value) for value in VALUES[text]} for text in VALUES}
print(*(types[True] | set()), *types[False])
