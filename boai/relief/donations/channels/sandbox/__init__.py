"""A local stand-in for WeChat Pay: same keys, same signatures, same notification."""
