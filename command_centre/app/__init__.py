"""Putting it together: wiring, command line, the writer process, the web process, the live feed."""
