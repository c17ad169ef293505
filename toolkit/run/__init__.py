"""One pass of the chain: find, read, check, merge; and what stands around it."""
