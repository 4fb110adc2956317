"""What the database must do on SQLite and PostgreSQL alike."""
