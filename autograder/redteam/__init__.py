"""Is this zip safe? A collection of attacks is run against it."""
