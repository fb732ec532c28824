"""Article → Book → files. No network, no database, no settings."""
