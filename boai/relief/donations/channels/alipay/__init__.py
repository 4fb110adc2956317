"""Alipay, interface of the open platform, signatures RSA2."""
