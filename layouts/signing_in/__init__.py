"""The pages of signing in: plain HTML, so that they work before any script does."""
