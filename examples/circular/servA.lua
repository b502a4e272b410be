require "chain"("A", "B")
