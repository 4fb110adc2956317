"""What is in the stores: announced, counted, inspected, reserved and issued, each by two people."""
