"""e-services asked through their APIs: JSON and XML read into typed metrics, health formats, flows of several steps."""
