"""What is true. Standard library only; no I/O and no clock of its own."""
