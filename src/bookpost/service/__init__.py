"""The outside: settings, the command line. Only here do settings exist."""
