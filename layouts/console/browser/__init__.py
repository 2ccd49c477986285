"""The browser of targets: everything that is watched, and the past of each at any length."""
