"""DHCP: the client, the server and the relay agent as state machines."""
