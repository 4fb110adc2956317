"""Django without domain: fields, guards, pages, documents, the design system."""
