"""Take the README's screenshots from a demo of its own: `make screenshots`."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.request import urlopen

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "docs/screenshots"
PASSWORD = "tsunagari-demo"
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 800}
# (file name, width, who, address)
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
)


def manage(*words, env):
    command = [sys.executable, "manage.py", *words]
    subprocess.run(command, cwd=ROOT, env=env, check=True)  # noqa: S603 - our script


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        env = os.environ | {
            "DATABASE_URL": f"sqlite:///{folder}/demo.sqlite3",
            "DEBUG": "on",
        }
        manage("migrate", "--verbosity", "0", env=env)
        manage("createcachetable", env=env)
        manage("load_demo", env=env)
        server = [sys.executable, "manage.py", "runserver", str(port), "--noreload"]
        with subprocess.Popen(server, cwd=ROOT, env=env) as process:  # noqa: S603 - our script
            try:
                take(f"http://127.0.0.1:{port}")
            finally:
                process.terminate()


def take(base):
    wait_for(f"{base}/healthz")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        for name, size, who, address in SHOTS:
            page = browser.new_context(viewport=size).new_page()
            page.goto(f"{base}/accounts/login/")
            page.fill("input[name=login]", who)
            page.fill("input[name=password]", PASSWORD)
            page.click("main button[type=submit]")
            page.wait_for_url(f"{base}/")
            page.goto(f"{base}{address}")
            page.screenshot(path=OUT / f"{name}.png")
        browser.close()


def wait_for(url):
    for _ in range(100):
        try:
            return urlopen(url, timeout=1)  # noqa: S310 - our own server
        except OSError:
            time.sleep(0.2)
    raise SystemExit("The server does not answer.")


if __name__ == "__main__":
    main()
