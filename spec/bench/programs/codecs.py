"""Encodes and decodes a document in Python. usage: codecs.py msgpack|serpent FILE"""
import json
import sys

with open(sys.argv[2]) as file:
    document = json.load(file)

if sys.argv[1] == "msgpack":
    import msgpack

    def both():
        return msgpack.unpackb(msgpack.packb(document, use_bin_type=True), raw=False)
else:
    import serpent

    def both():
        return serpent.loads(serpent.dumps(document))

assert both() == document
print("ready", flush=True)
for line in sys.stdin:
    for _ in range(int(line)):
        both()
    print("done", flush=True)
