import Pyro4
from Pyro4.util import SerializerBase


class Money:
    def __init__(self, amount, currency):
        self.amount = amount
        self.currency = currency


SerializerBase.register_class_to_dict(Money, lambda money: {
    "__class__": "example.Money", "amount": money.amount, "currency": money.currency})
SerializerBase.register_dict_to_class("example.Money", lambda _, fields: Money(
    fields["amount"], fields["currency"]))

purse = Pyro4.Proxy("PYRONAME:example.purse")
content = purse.put(Money(7.5, "EUR"))
print("the purse has", type(content).__name__, content.amount, content.currency)
