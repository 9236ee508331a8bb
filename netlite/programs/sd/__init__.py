"""Service discovery: which exporter is to probe which target."""
