"""Incidents at the desk: the list, one incident in full, and what people do about it."""
