"""Tables that people hand in and take away: Excel, OpenDocument and CSV."""
