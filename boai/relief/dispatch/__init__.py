"""What travels: waybills from loading to the receiver's signature, and what was missing."""
