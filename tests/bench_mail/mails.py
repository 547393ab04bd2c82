"""The mails that everybody sends: like the notice of a delivery, all different."""

import secrets

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

LINK = "https://tsunagari.example.jp/k/{}/"
TEXT = """架空 {n} 様

見本 花子様への配達は、10月3日 10時05分にお届けしました。

手渡しでお届けしました。

このお知らせは、見本 花子様の同意をいただいてお送りしています。
お休み・あて先の変更: {manage}
お知らせを止める: {stop}

見本生活協同組合
"""
HTML = """<!doctype html>
<html lang="ja">
<head><meta charset="utf-8"><title>配達のお知らせ</title></head>
<body>
  <p>架空 {n} 様</p>
  <p>見本 花子様への配達は、10月3日 10時05分にお届けしました。</p>
  <p><strong>手渡しでお届けしました。</strong></p>
  <p>このお知らせは、見本 花子様の同意をいただいてお送りしています。</p>
  <p><a href="{manage}">お休み・あて先の変更</a></p>
  <p><a href="{stop}">お知らせを止める</a></p>
  <p>見本生活協同組合</p>
</body>
</html>
"""


def mails(count: int) -> list[EmailMultiAlternatives]:
    """Return so many mails, with texts, links and Message-IDs of their own."""
    return [one(n) for n in range(count)]


def one(n: int) -> EmailMultiAlternatives:
    manage, stop = (LINK.format(secrets.token_urlsafe(32)) for _ in range(2))
    parts = {"n": n, "manage": manage, "stop": stop}
    mail = EmailMultiAlternatives(
        "配達のお知らせ",
        TEXT.format(**parts),
        settings.DEFAULT_FROM_EMAIL,
        [f"family-{n}@example.jp"],
        headers={
            "Message-ID": f"<{secrets.token_hex(16)}@example.jp>",
            "Auto-Submitted": "auto-generated",
            "List-Unsubscribe": f"<{stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )
    mail.attach_alternative(HTML.format(**parts), "text/html")
    return mail
