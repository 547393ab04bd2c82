"""WSGI entry point."""

import os

from django.core.wsgi import get_wsgi_application

from core.wsgi import refuse_cut_requests

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = refuse_cut_requests(get_wsgi_application())
