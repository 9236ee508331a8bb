"""Virtual routers: topologies in memory and in network namespaces."""
