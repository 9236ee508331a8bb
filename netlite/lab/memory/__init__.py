"""A topology in memory: forwarding, links and a whole world in virtual time."""
