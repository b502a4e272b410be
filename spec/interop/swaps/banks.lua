--- Returns the output of a client about its business with a bank.
local function business(who, bank, overdraft, balance)
  return ([[

*** %s is doing business with %s:
Creating account
Deposit money
Deposit money
Balance=700.75
Withdraw money
Withdraw money (overdraw)
%sEnd balance=%s
Withdraw money from non-existing account
Failed as expected: 'unknown account'
Deleting non-existing account
Failed as expected: 'unknown account'
]]):format(who, bank, overdraft, balance)
end

local REFUSED = "Failed: insufficent balance\n"

return {
  {
    {
      "server",
      shows = [[
available banks:
['example.banks.<_>', 'example.banks.<_>']
Banks are ready for customers.
<ready>
]],
    },
    {
      "client",
      shows = [[

Contacting bank: example.banks.abn
Contacting bank: example.banks.rabobank
]] .. business("Irmen", "ABN bank", REFUSED, "300.75") .. business("Suzy", "ABN bank", REFUSED, "300.75")
        .. business("Irmen", "Rabobank", "", "-99.25") .. business("Suzy", "Rabobank", "", "-99.25") .. [[

The accounts in the ABN bank:
<~>  Irmen : 300.75
<~>  Suzy : 300.75
The accounts in the Rabobank:
<~>  Irmen : -99.25
<~>  Suzy : -99.25
]],
    },
  },
}
