"""Round trips, paths and kernel tables as metrics of Prometheus, over HTTP."""
