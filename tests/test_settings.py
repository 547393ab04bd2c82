"""A wrong or missing setting stops the start and names the variable."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client

ROOT = Path(__file__).resolve().parent.parent
GOOD = {
    "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz" * 2,
    "ALLOWED_HOSTS": "example.test",
    "SITE_URL": "https://example.test",
}


def start(**environment):
    """Run Django's deployment checks in a process of its own."""
    return subprocess.run(  # noqa: S603 - our own interpreter and script
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize("name", ["SECRET_KEY", "ALLOWED_HOSTS"])
def test_missing_variable_stops_the_start(name):
    result = start(**{k: v for k, v in GOOD.items() if k != name})
    assert result.returncode != 0
    assert name in result.stderr


def test_wrong_fiscal_year_start_stops_the_start():
    result = start(**GOOD, FISCAL_YEAR_START="13-40")
    assert result.returncode != 0
    assert "FISCAL_YEAR_START" in result.stderr


@pytest.mark.parametrize("percent", ["abc", "-5", "2.5", "３０"])
def test_wrong_percentage_of_change_stops_the_start(percent):
    result = start(**GOOD, CHECK_CHANGE_PERCENT=percent)
    assert result.returncode != 0
    assert "CHECK_CHANGE_PERCENT" in result.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SITE_URL", "example.test"),
        ("SITE_URL", "https://example.test/a?b"),
        ("ALERTS_URGENT_MINUTES", "10"),
        ("ALERTS_URGENT_MINUTES", "20,10"),
        ("ALERTS_MINUTES", "0,120"),
        ("ALERTS_MINUTES", "60,１２０"),
        ("DELIVERIES_CONTACT", "Center\n000-000-0000"),
        ("ALERTS_ASK_AGAIN_DAYS", "0"),
        ("ALERTS_ASK_AGAIN_DAYS", "７"),
        # Five years, meant as years: erasing cannot be undone.
        ("ALERTS_RETENTION_DAYS", "5"),
        ("ALERTS_RETENTION_DAYS", ""),
        ("ALERTS_OFFICE_HOURS", "いつでも"),
        ("ALERTS_OFFICE_HOURS", ""),
        ("DELIVERIES_ALARM_MINUTES", "0"),
        ("DELIVERIES_ALARM_MINUTES", "１０"),
        ("DELIVERIES_REPORT_HOUR", "24"),
        ("DELIVERIES_REPORT_HOUR", "18:00"),
    ],
)
def test_wrong_setting_of_a_program_stops_the_start(name, value):
    result = start(**GOOD | {name: value})
    assert result.returncode != 0
    assert name in result.stderr


@pytest.mark.parametrize("readme", ["README.md", "README.ja.md"])
def test_each_variable_stands_once_in_the_table(readme):
    reading = r'(?:env(?:\.\w+)?|required|minutes|whole_number)\(\s*"([A-Z_]+)"'
    read = re.findall(reading, (ROOT / "config/settings.py").read_text())
    rows = re.findall(r"^\| (`[^|]+) \|", (ROOT / readme).read_text(), re.MULTILINE)
    told = [name for row in rows for name in re.findall(r"`([A-Z_]+)`", row)]
    assert sorted(told) == sorted(set(read))


def mail_settings(url, sender="coop@example.test"):
    """Read the settings in a process of their own; return it."""
    names = ["OUTBOX_TRANSPORT", "EMAIL_HOST", "EMAIL_PORT", "EMAIL_FILE_PATH"]
    told = ", ".join(f"s.{name}" for name in names)
    tls = "getattr(s, 'EMAIL_USE_TLS', 0), getattr(s, 'EMAIL_USE_SSL', 0)"
    code = f"from config import settings as s; print({told}, {tls})"
    mail = {"EMAIL_URL": url, "DEFAULT_FROM_EMAIL": sender}
    return subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **GOOD, **mail},
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("smtp://mail.test", "Smtp mail.test 25 0 0"),
        ("smtp+tls://a:b@mail.test", "Smtp mail.test 587 True 0"),
        ("smtp+tls://a:b@mail.test:2525", "Smtp mail.test 2525 True 0"),
        ("smtp+ssl://a:b@mail.test", "Smtp mail.test 465 0 True"),
        ("filemail:///srv/mail", "File None None /srv/mail 0 0"),
    ],
)
def test_mails_go_where_the_address_says(url, told):
    result = mail_settings(url)
    kind, host, port, folder, *secured = result.stdout.split()
    assert f"outbox.transport.{told.split()[0]}Backend" == kind
    wanted = told.split()[1:]
    assert [host, port, *secured] == [*wanted[:2], *wanted[-2:]]
    if url.startswith("filemail"):
        assert folder == wanted[2]


@pytest.mark.parametrize(
    "url",
    [
        "smtps://a:secret@mail.test",
        "smtp://",
        "smtp://a:secret@mail.test:port",
        "consolemail://",
        "mail.test",
        "",
    ],
)
def test_wrong_mail_address_stops_the_start_without_telling_its_password(url):
    result = mail_settings(url)
    assert result.returncode != 0
    assert "EMAIL_URL must be like" in result.stderr
    assert "secret" not in result.stderr


def test_sender_must_be_an_address():
    assert mail_settings("smtp://h", "つながり <coop@example.test>").returncode == 0
    result = mail_settings("smtp://h", "つながり")
    assert result.returncode != 0
    assert "DEFAULT_FROM_EMAIL" in result.stderr


def test_links_in_mails_must_lead_to_a_host_that_answers():
    result = start(**{k: v for k, v in GOOD.items() if k != "SITE_URL"})
    assert result.returncode != 0
    assert "core.W002" in result.stderr


def test_deployment_checks_find_nothing():
    result = start(**GOOD)
    assert result.returncode == 0, result.stderr


@pytest.mark.django_db
def test_health_check_answers_when_the_database_does():
    assert Client().get("/healthz").status_code == 200


SAFE_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}


@pytest.mark.parametrize(
    "url", ["/", "/agreements/?export=csv", "/nothing/", "/admin/"]
)
def test_every_answer_carries_the_safe_headers(manager, url):
    response = manager.get(url)
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert response["Cache-Control"] == "no-store"
    for name, value in SAFE_HEADERS.items():
        assert response[name] == value


def test_language_is_japanese_until_switched(manager):
    assert "年度のまとめ" in manager.get("/", headers={"Accept-Language": "en"}).text
    manager.post("/i18n/setlang/", {"language": "en", "next": "/"})
    assert "Dashboard" in manager.get("/").text


def test_expired_sign_in_sends_the_whole_page_to_the_sign_in(db):
    response = Client().get("/agreements/", headers={"HX-Request": "true"})
    assert response["HX-Redirect"].startswith("/accounts/login/")
