require "chain"("B", "C")
