"""WeChat Pay, interface v3."""
