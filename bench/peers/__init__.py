"""The jobs of examples/ done with the libraries that people use today; ``make peers`` runs both."""
