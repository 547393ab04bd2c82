"""Fill in which mails may have arrived, from attempts and errors."""

from django.db import migrations
from django.db.models import Q


def forwards(apps, schema_editor):
    Mail = apps.get_model("outbox", "Mail")
    # One that is going out for the first time, or was only withheld or grew stale, has
    # one attempt; errors that end in a code are an answer.
    first = Q(attempts=1) & (
        Q(begun_at__isnull=False) | Q(state__in=["withheld", "expired"])
    )
    tried = Mail.objects.filter(attempts__gt=0).exclude(state="sent").exclude(first)
    answered = Q(last_error__regex=r" [0-9]{3}$")
    tried.exclude(answered).update(may_have_arrived=True)


class Migration(migrations.Migration):
    dependencies = [("outbox", "0003_mail_may_have_arrived")]
    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
