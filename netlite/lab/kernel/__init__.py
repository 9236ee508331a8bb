"""A topology as network namespaces of the kernel."""
