"""The core of Command Centre: domain, configuration, storage, pipeline, read side and wiring."""
