"""Take the README's screenshots from a demo of its own: `make screenshots`."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "docs/screenshots"
PASSWORD = "tsunagari-demo"
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 800}
# Somebody who is told of evening meals on each weekday, and of groceries.
MEMBER = "1000016"
LOOK_UP = f"""
from deliveries.links import Purpose, standing_links
from deliveries.models import Subscription
row = Subscription.objects.filter(member_number="{MEMBER}").first()
from django.utils import timezone
print(row.get_absolute_url(), standing_links(row, timezone.now())[Purpose.MANAGE])
"""
# (file name, width, who, address); the last ones stand for what the demo made of them.
SHOTS = (
    ("dashboard-desktop", DESKTOP, "manager", "/dashboard/?year=2016"),
    ("closing-desktop", DESKTOP, "manager", "/dashboard/checks/2016/"),
    ("report-desktop", DESKTOP, "manager", "/report/2016/"),
    ("report-phone", PHONE, "staff", "/alerts/new/?step=form"),
    ("stop-phone", PHONE, "staff", "/alerts/new/"),
    ("queue-desktop", DESKTOP, "officer", "/alerts/queue/"),
    ("agreements-phone", PHONE, "manager", "/agreements/?on=2017-03-20"),
    (
        "month-sheet-desktop",
        DESKTOP,
        "coordinator",
        "/childcare/hubs/H01/month/2016/4/",
    ),
    ("sending-desktop", DESKTOP, "coordinator", "/deliveries/sending/"),
    ("subscription-desktop", DESKTOP, "coordinator", "subscription"),
    ("family-phone", PHONE, None, "family"),
)


def manage(*words, env, **options):
    command = [sys.executable, "manage.py", *words]
    return subprocess.run(command, cwd=ROOT, env=env, check=True, **options)  # noqa: S603 - our script


def look_up(env):
    """Return the pages of a subscription: the co-op's, and the family's."""
    output = {"stdout": subprocess.PIPE, "text": True}
    answer = manage("shell", "-v", "0", "-c", LOOK_UP, env=env, **output)
    subscription, family = answer.stdout.split()[-2:]
    return {"subscription": subscription, "family": urlsplit(family).path}


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        env = os.environ | {
            "DATABASE_URL": f"sqlite:///{folder}/demo.sqlite3",
            "DEBUG": "on",
            "EMAIL_URL": f"filemail:///{folder}/mail",
        }
        manage("migrate", "--verbosity", "0", env=env)
        manage("createcachetable", env=env)
        manage("load_demo", env=env)
        pages = look_up(env)
        django = [sys.executable, "manage.py"]
        server = [*django, "runserver", str(port), "--noreload"]
        worker = [*django, "send_notices", "--follow"]
        with (
            subprocess.Popen(server, cwd=ROOT, env=env) as serving,  # noqa: S603 - our script
            subprocess.Popen(worker, cwd=ROOT, env=env) as sending,  # noqa: S603 - our script
        ):
            try:
                take(f"http://127.0.0.1:{port}", pages)
            finally:
                serving.terminate()
                sending.terminate()


def take(base, pages):
    wait_for(f"{base}/healthz")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        for name, size, who, address in SHOTS:
            page = browser.new_context(viewport=size).new_page()
            if who:
                sign_in(page, base, who)
            page.goto(f"{base}{pages.get(address, address)}")
            page.screenshot(path=OUT / f"{name}.png")
        browser.close()


def sign_in(page, base, who):
    page.goto(f"{base}/accounts/login/")
    page.fill("input[name=login]", who)
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(f"{base}/")


def wait_for(url):
    for _ in range(100):
        try:
            return urlopen(url, timeout=1)  # noqa: S310 - our own server
        except OSError:
            time.sleep(0.2)
    raise SystemExit("The server does not answer.")


if __name__ == "__main__":
    main()
