"""The finance department's e-receipt platform: what is sent, what comes back, and a fake of it."""
