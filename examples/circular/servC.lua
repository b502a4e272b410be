require "chain"("C", "A")
