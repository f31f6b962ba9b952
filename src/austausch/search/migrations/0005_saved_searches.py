import datetime as dt
from typing import Any

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


def note_what_is_there(apps: Any, schema_editor: Any) -> None:
    """What is in the lists already is news for nobody."""
    entries = apps.get_model("catalogue", "Entry").objects.filter(live=True, archived_on=None)
    arrival = apps.get_model("search", "Arrival")
    keys = entries.order_by().values_list("pk", flat=True).iterator()
    before_all = dt.date(2000, 1, 1)
    arrival.objects.bulk_create((arrival(entry_id=key, noticed_on=before_all) for key in keys), batch_size=1000)


class Migration(migrations.Migration):
    """Searches that people keep, and what is new for them."""


    dependencies = [
        ('catalogue', '0005_adoption'),
        ('search', '0004_waiting'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Arrival',
            fields=[
                ('entry', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='catalogue.entry')),
                ('arrived_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('noticed_on', models.DateField(db_index=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Edition',
            fields=[
                ('day', models.DateField(primary_key=True, serialize=False)),
            ],
        ),
        migrations.CreateModel(
            name='SavedSearch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100, verbose_name='name')),
                ('params', models.TextField(blank=True, verbose_name='search')),
                ('rhythm', models.CharField(choices=[('daily', 'every day with news'), ('weekly', 'on Mondays, if there is news'), ('none', 'no mail')], default='weekly', max_length=6, verbose_name='mail')),
                ('paused', models.BooleanField(default=False, verbose_name='paused')),
                ('feed_on', models.BooleanField(default=False, verbose_name='feed')),
                ('feed_number', models.PositiveIntegerField(default=0)),
                ('saved_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='saved at')),
                ('news_since', models.DateTimeField(default=django.utils.timezone.now)),
                ('told_on', models.DateField()),
                ('removed_at', models.DateTimeField(null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='saved_searches', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'saved search',
                'verbose_name_plural': 'saved searches',
                'ordering': ['name', 'pk'],
                'indexes': [models.Index(fields=['rhythm', 'told_on'], name='search_save_rhythm_2e1bd8_idx')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('removed_at', None)), fields=('user', 'params'), name='one_person_saves_a_search_once')],
            },
        ),
        migrations.RunPython(note_what_is_there, migrations.RunPython.noop),
    ]
