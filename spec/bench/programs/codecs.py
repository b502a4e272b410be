"""Encodes and decodes a document in Python. usage: codecs.py msgpack|serpent|pickle FILE [encode|decode]"""
import json
import pickle
import sys

with open(sys.argv[2]) as file:
    document = json.load(file)

if sys.argv[1] == "msgpack":
    import msgpack

    def encode():
        return msgpack.packb(document, use_bin_type=True)

    def decode(data):
        return msgpack.unpackb(data, raw=False)
elif sys.argv[1] == "serpent":
    import serpent

    def encode():
        return serpent.dumps(document)

    decode = serpent.loads
else:
    def encode():
        return pickle.dumps(document, pickle.HIGHEST_PROTOCOL)

    decode = pickle.loads

encoded = encode()
assert decode(encoded) == document
work = {"encode": encode, "decode": lambda: decode(encoded), None: lambda: decode(encode())}[
    sys.argv[3] if len(sys.argv) > 3 else None]
print("ready", flush=True)
for line in sys.stdin:
    for _ in range(int(line)):
        work()
    print("done", flush=True)
