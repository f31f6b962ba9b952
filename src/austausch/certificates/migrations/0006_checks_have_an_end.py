"""The log of checks becomes a chain for each office, whose beginning can be deleted; keys of programs end.

What stands in the log already is chained in its order; keys that exist end a year from now.
"""

import datetime as dt
import hashlib
import json
from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models
from django.utils import timezone

AT_ONCE = 2000


def chain(apps, schema_editor):
    log = apps.get_model("certificates", "CheckLog")
    chains = apps.get_model("certificates", "CheckChain")
    for key in list(log.objects.order_by("organisation_key").values_list("organisation_key", flat=True).distinct()):
        head, position, waiting = "", 0, []
        for entry in log.objects.filter(organisation_key=key).order_by("pk").iterator(chunk_size=AT_ONCE):
            position += 1
            entry.position, entry.previous = position, head
            entry.digest = head = digest(entry)
            waiting.append(entry)
            if len(waiting) == AT_ONCE:
                log.objects.bulk_update(waiting, ["position", "previous", "digest"])
                waiting = []
        log.objects.bulk_update(waiting, ["position", "previous", "digest"])
        chains.objects.create(key=key, length=position, head=head)


def digest(entry):
    """As austausch.certificates.checks.journal writes it today."""
    said = [
        entry.organisation_key,
        entry.position,
        entry.at.astimezone(dt.timezone.utc).isoformat(timespec="microseconds"),
        entry.actor,
        entry.program,
        entry.purpose,
        entry.case_number,
        entry.subject,
        entry.outcome,
        entry.code,
        entry.place,
        entry.previous,
    ]
    text = json.dumps(said, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def end_keys(apps, schema_editor):
    ends = timezone.now() + dt.timedelta(days=365)
    apps.get_model("certificates", "OfficeKey").objects.filter(expires_at=None).update(expires_at=ends)


def lift(apps, schema_editor):
    """So that what is there can be chained; the next migration forbids changes again."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION certificates_checklog_is_append_only() CASCADE")
    else:
        schema_editor.execute("DROP TRIGGER certificates_checklog_append_only")


def forbid_again(apps, schema_editor):
    import_module("austausch.certificates.migrations.0005_check_log_is_append_only").forwards(apps, schema_editor)


class Migration(migrations.Migration):
    dependencies = [("certificates", "0005_check_log_is_append_only")]
    operations = [
        migrations.RunPython(lift, forbid_again),
        migrations.CreateModel(
            name="CheckChain",
            fields=[
                ("key", models.CharField(max_length=60, primary_key=True, serialize=False)),
                ("length", models.PositiveIntegerField(default=0)),
                ("head", models.CharField(blank=True, max_length=64)),
                ("cut", models.PositiveIntegerField(default=0)),
                ("cut_digest", models.CharField(blank=True, max_length=64)),
            ],
        ),
        migrations.AddField("checklog", "position", models.PositiveIntegerField(null=True)),
        migrations.AddField("checklog", "previous", models.CharField(blank=True, default="", max_length=64), False),
        migrations.AddField("checklog", "digest", models.CharField(default="", max_length=64), False),
        migrations.AddField("officekey", "expires_at", models.DateTimeField(null=True, verbose_name="ends at")),
        migrations.AddField(
            "officekey",
            "replaced_by",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="replaces",
                to="certificates.officekey",
            ),
        ),
        migrations.AddField(
            "officekey", "used_at", models.DateTimeField(blank=True, null=True, verbose_name="last used at")
        ),
        migrations.AddField("officekey", "reminded_at", models.DateTimeField(blank=True, null=True)),
        migrations.RunPython(chain, migrations.RunPython.noop),
        migrations.RunPython(end_keys, migrations.RunPython.noop),
    ]
