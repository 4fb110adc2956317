"""The WSGI entry that granian serves. An unsafe production start ends here."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "boai.site.settings")
application = get_wsgi_application()

from boai.site.startup import refuse_unsafe_start  # noqa: E402 - settings must be there first

refuse_unsafe_start()
