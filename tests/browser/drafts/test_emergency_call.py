"""The time of a tap on 119 or 110 goes into the record that follows."""

import pytest
from playwright.sync_api import expect


def stay(page):
    """Let links to the telephone be tapped without leaving the page."""
    page.evaluate(
        "document.addEventListener('click', (e) => "
        "e.target.closest('a[href^=\"tel:\"]') && e.preventDefault())"
    )


def test_call_on_the_stop_screen_fills_in_time_and_tick(
    page, live_server, staff, write, badge, form_url
):
    page.clock.install(time="2026-11-24T01:02:00Z")
    write("前の下書き")
    badge(1)
    page.goto(f"{live_server.url}/alerts/new/")
    stay(page)
    page.locator(".stop-call[href='tel:119']").click()
    page.clock.set_system_time("2026-11-24T01:09:00Z")
    page.locator("main a[href*='step=form']").click()
    time = page.locator("[name=emergency_called_at]")
    expect(time).to_have_value("2026/11/24 10:02")
    expect(page.locator("[name=has_called_119]")).to_be_checked()
    expect(page.locator("[name=has_called_110]")).not_to_be_checked()
    # The call is about this event, not about what had been written before it.
    expect(page.locator("[name=narrative]")).to_have_value("")
    badge(2)
    page.reload()
    expect(time).to_have_value("2026/11/24 10:02")
    page.goto(f"{form_url}#new")
    page.wait_for_url("**#draft=*")
    expect(time).to_have_value("")


@pytest.mark.parametrize(
    ("now", "noted"),
    [
        ("2026-11-24T15:04:00Z", "2026/11/25 00:04"),
        ("2026-11-24T22:59:00Z", "2026/11/25 07:59"),
        ("2027-01-02T12:00:00Z", "2027/01/02 21:00"),
    ],
)
def test_call_from_the_form_itself_is_noted_at_once(page, staff, write, now, noted):
    page.clock.set_fixed_time(now)
    write()
    stay(page)
    page.locator(".stop-reminder a[href='tel:110']").click()
    expect(page.locator("[name=has_called_110]")).to_be_checked()
    expect(page.locator("[name=emergency_called_at]")).to_have_value(noted)


def test_button_after_the_call_keeps_the_time_of_the_call(page, live_server, staff):
    page.clock.install(time="2026-11-24T01:02:00Z")
    page.goto(f"{live_server.url}/alerts/new/")
    stay(page)
    page.locator(".stop-call[href='tel:119']").click()
    page.clock.set_system_time("2026-11-24T01:20:00Z")
    page.locator("button[name=called][value='119']").click()
    expect(page.locator("[name=emergency_called_at]")).to_have_value("2026/11/24 10:02")
    expect(page.locator("[name=has_called_119]")).to_be_checked()
