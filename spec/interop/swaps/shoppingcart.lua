local function entered(name, cart)
  return ("Customer %s enters the store.\nCustomer takes a shopping cart.\n(shoppingcart <%s> taken)\n"):format(name,
    cart)
end

local function left(name)
  return ("Customer %s leaves.\n  their shopping cart contains: []\n"):format(name)
end

local RECEIPT = "Receipt Date: <_>\n<...>\n\n       total:  <_>\n"

return {
  {
    {
      "shopserver",
      shows = [[
Object <class '__main__.Shop'>:
    uri = PYRO:obj_<_>@localhost:<_>
    name = example.shop
Pyro daemon running.
<ready>
]] .. entered("Harry", "first") .. entered("Sally", "second") .. entered("shoplifter", "third")
        .. ("(<_> put into shoppingcart <first>)\n"):rep(4) .. ("(<_> put into shoppingcart <second>)\n"):rep(5)
        .. ("(<_> put into shoppingcart <third>)\n"):rep(3) .. "Customer Harry goes to the counter to pay.\n"
        .. left "Harry" .. left "Sally" .. [[
Customer shoplifter leaves.
  their shopping cart contains: ['<_>', '<_>', '<_>']
  it is not empty, they are trying to shoplift!
]],
    },
    {
      "clients",
      shows = "Simulating some customers.\n" .. ("Harry buys <_>\n"):rep(4) .. ("Sally buys <_>\n"):rep(5)
        .. ("Shoplifter takes <_>\n"):rep(3) .. [[
Customers currently in the shop: ['Harry', 'Sally', 'shoplifter']
Harry payed. The cart now contains: [] (should be empty)
Harry got this receipt:
Receipt for Harry.
]] .. RECEIPT .. [[
Sally payed. The cart now contains: [] (should be empty)
Sally got this receipt:
]] .. RECEIPT .. [[
Harry is leaving.
Sally is leaving.
Shoplifter is leaving. (should be impossible i.e. give an error)
<...>
Exception: attempt to steal a full cart prevented
<...>

Harry is attempting to put stuff back in his cart again,
which should fail because the cart does no longer exist.
]],
    },
  },
}
