"""Looks at our own connection: without it nothing can be said about anything that lies behind it."""
