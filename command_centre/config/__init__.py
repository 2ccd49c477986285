"""``config.yaml`` and the inventories become one frozen Config, or one ConfigError that lists every mistake."""
