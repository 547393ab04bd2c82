"""The project's settings, with the packages that `make bench` compares beside it."""

from config.settings import *  # noqa: F403 - all of them
from config.settings import INSTALLED_APPS

# Nothing else: what is compared runs as its authors deliver it.
INSTALLED_APPS = [*INSTALLED_APPS, "post_office", "mailer"]
