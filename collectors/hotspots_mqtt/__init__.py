"""Is told by hotspots and other devices over MQTT how they are: one listener, payloads of any shape by configuration."""
