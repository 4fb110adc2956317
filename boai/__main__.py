"""``python -m boai`` is ``boai``."""

import sys

from boai.site.cli import main

sys.exit(main())
