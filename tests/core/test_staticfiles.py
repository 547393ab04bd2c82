"""Hashed names of static files, also inside scripts."""

import re

from django.core.management import call_command

IMPORT = re.compile(r'from\s+"(\./[^"]+)"')


def test_a_script_imports_the_others_by_their_hashed_names(tmp_path, settings):
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "core.staticfiles.StaticFilesStorage"}
    }
    call_command("collectstatic", interactive=False, verbosity=0)
    scripts = list((tmp_path / "js").glob("report_form.*.js"))
    assert len(scripts) == 1
    imported = IMPORT.findall(scripts[0].read_text())
    assert imported
    for name in imported:
        assert re.search(r"\.[0-9a-f]{12}\.js$", name)
        assert (scripts[0].parent / name).exists()
