"""The plain pages of the console: quality of the register, load of alarms, walls and receivers, quarantine, configuration."""
