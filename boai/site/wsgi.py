"""The WSGI entry that granian, or any other server, serves. An unsafe production start ends here.

Asked here as well as by ``boai serve``: whoever starts another server on this entry must not come
past the question whether the serving role could change history.
"""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "boai.site.settings")
application = get_wsgi_application()

from django.db import connection  # noqa: E402 - settings must be there first

from boai.site.startup import refuse_unsafe_serving  # noqa: E402

try:
    refuse_unsafe_serving()
finally:
    # A server that forks after this import must not hand one connection to several workers.
    connection.close()
