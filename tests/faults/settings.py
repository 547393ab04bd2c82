"""The settings of a real installation, but for what it keeps in folders."""

import os
from pathlib import Path

from config import settings as real

vars().update({name: getattr(real, name) for name in dir(real) if name.isupper()})
FOLDER = Path(os.environ["FAULTS_FOLDER"])
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": FOLDER / "files"},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
EMAIL_FILE_PATH = FOLDER / "mail"
# Tells the parts about mail that a run is a short one (tests.faults.mails.herd).
FAULTS_HURRY = bool(os.environ.get("FAULTS_HURRY"))
if FAULTS_HURRY:
    EMAIL_TIMEOUT, OUTBOX_MAIL_SECONDS = 1, 1.5
