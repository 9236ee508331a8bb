"""The kernel of one node in memory: what ifconfig, route, arp, netstat and hostname see there, and change."""
