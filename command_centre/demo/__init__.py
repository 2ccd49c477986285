"""A simulated Bontang: every site of the register answers on loopback, with real DNS, HTTP and TLS, and with scripted faults.

For the wiring:

* ``city.run_city_process(targets, data_dir, script_path)`` is the process behind ``run.py city``: it blocks until SIGTERM.
* ``place.wait_for_place(data_dir, within)`` tells the collectors where the city is (DNS server, ports, CA file, references).
* ``history.simulated_history(targets, until, ...)`` yields the day before as readings, in order of time, for the same pipeline.

Nothing here leaves 127.0.0.0/8, and everything it serves says that it is simulated (``X-Simulasi: ya``, a line in the footer).
"""
