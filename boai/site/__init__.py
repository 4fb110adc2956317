"""The roof: settings, addresses, navigation, start pages, checks, the command line, the demo."""
