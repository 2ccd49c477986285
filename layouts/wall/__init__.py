"""Screens read from metres away and never touched."""
