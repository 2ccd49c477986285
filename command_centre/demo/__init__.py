"""A simulated Bontang: every site and hotspot of the register answers on loopback, with scripted faults.

Real DNS, HTTP and TLS for the sites; real SNMP and MQTT, through a real broker, for the hotspots.

For the wiring:

* ``city.run_city_process(targets, data_dir, script_path)`` is the process behind ``run.py city``: it blocks until SIGTERM.
* ``place.wait_for_place(data_dir, within)`` tells the collectors where the city is (DNS server, ports, CA file, references).
* ``place.demo_settings(kind, place)`` is what a collector of that kind is told; ``place.with_ports(targets, place)`` are the
  targets with the port that the hotspots' agents listen on.
* ``history.simulated_history(targets, until, ...)`` and ``hotspot_history.simulated_hotspot_history(targets, until, ...)`` yield
  the day before as readings, in order of time, for the same pipeline.

Nothing here leaves 127.0.0.0/8, and everything it serves says that it is simulated (``X-Simulasi: ya``, a line in the footer).
"""
