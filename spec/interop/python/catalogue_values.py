"""The values of the catalogue."""
import datetime

VALUES = [  # those that all serializers carry
    None, True, False, 0, 1, -1, 127, -129, 2**31, -2**31 - 1, 2**63 - 1, -2**63, 1.5, -0.0, 1e16, 1e300, 5e-324,
    float("inf"), float("-inf"), "", "text", "it's \"quoted\"\\\r\n\t\0", "\u00fcn\u00ef \N{SNOWMAN} \U0001f600",
    [], [1, 2.0, "3"], [None, [None]], [[], {}], {}, {"a": 1}, {"a": {"b": [1, {"c": None}]}},
]
MORE = {  # and what only some do
    "serpent": [(1, "two"), {1, 2}, {1: "one"}, {(1, 2): "pair"}, 2**64, -2**200, 1 + 2j],
    "marshal": [(1, "two"), {1, 2}, {1: "one"}, {(1, 2): "pair"}, 2**64, -2**200, 1 + 2j, b"\0\xff"],
    "json": [2**64, -2**200],
    "msgpack": [2**64, -2**200, 1 + 2j, b"\0\xff", datetime.datetime(2020, 1, 2, 3, 4, 5, 6), datetime.date(1999, 12, 31)],
}
