"""Fill in when deliveries happened; mails that waited go into the outbox."""

import datetime as dt

from django.db import migrations
from django.utils import timezone


def forwards(apps, schema_editor):
    Notice = apps.get_model("deliveries", "Notice")
    Mail = apps.get_model("outbox", "Mail")
    now = timezone.now()
    japan = timezone.get_default_timezone()
    notices = Notice.objects.select_related("delivery").filter(happened_at=None)
    changed = []
    for notice in notices.iterator(chunk_size=2000):
        delivery = notice.delivery
        notice.happened_at = dt.datetime.combine(
            delivery.delivered_on, delivery.delivered_at, japan
        )
        changed.append(notice)
        if len(changed) == 2000:
            Notice.objects.bulk_update(changed, ["happened_at"], batch_size=500)
            changed = []
    Notice.objects.bulk_update(changed, ["happened_at"], batch_size=500)
    waiting = Notice.objects.filter(state__in=["due", "sending"])
    Mail.objects.bulk_create(
        Mail(
            key=f"deliveries.notice:{notice.pk}",
            kind="deliveries.notice",
            reference=str(notice.pk),
            message_id=notice.message_id,
            priority=2,
            created_at=now,
            due_at=now,
            expires_at=notice.happened_at + dt.timedelta(hours=18),
        )
        for notice in waiting.iterator(chunk_size=2000)
    )
    waiting.update(state="waiting")


class Migration(migrations.Migration):
    dependencies = [
        ("deliveries", "0003_delivery_mails"),
        ("outbox", "0001_initial"),
    ]
    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
