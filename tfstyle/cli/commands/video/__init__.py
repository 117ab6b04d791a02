"""`tfstyle video`: flags, checks and what the record says."""
