"""Hotspots by SNMP: a poller. See README.md."""
