import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


def twelve_was_nobodys_choice(apps, schema_editor):
    """Twelve months were the default of every entry; now that is what its kind says, twelve unless it is changed."""
    Entry = apps.get_model("catalogue", "Entry")
    Revision = apps.get_model("wagtailcore", "Revision")
    Entry.objects.filter(review_every_months=12).update(review_every_months=None)
    entries = Revision.objects.filter(content_type__app_label="catalogue", content_type__model="entry")
    # What will still be published.
    pending = models.Q(approved_go_live_at__isnull=False) | models.Q(
        pk__in=Entry.objects.exclude(latest_revision=None).values("latest_revision")
    )
    for revision in entries.filter(pending).iterator():
        if revision.content.get("review_every_months") == 12:
            revision.content["review_every_months"] = None
            revision.save(update_fields=["content"])


class Migration(migrations.Migration):

    dependencies = [
        ('catalogue', '0003_contacts'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='LinkHost',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('host', models.CharField(max_length=255, unique=True)),
                ('free_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name='ReviewRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('week', models.DateField(unique=True)),
            ],
        ),
        migrations.AlterField(
            model_name='entry',
            name='review_every_months',
            field=models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(60)], verbose_name='check every … months'),
        ),
        migrations.CreateModel(
            name='LinkAddress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('url', models.CharField(max_length=600, unique=True, verbose_name='address')),
                ('host', models.CharField(db_index=True, max_length=255, verbose_name='host')),
                ('state', models.CharField(choices=[('unknown', 'not checked yet'), ('ok', 'reachable'), ('unclear', 'unclear'), ('broken', 'not reachable')], default='unknown', max_length=7, verbose_name='state')),
                ('detail', models.CharField(blank=True, max_length=20)),
                ('status', models.PositiveSmallIntegerField(null=True)),
                ('checked_at', models.DateTimeField(null=True, verbose_name='checked')),
                ('last_ok_at', models.DateTimeField(null=True, verbose_name='last reachable')),
                ('failures', models.PositiveSmallIntegerField(default=0)),
                ('last_failure_on', models.DateField(null=True)),
                ('unclear_checks', models.PositiveSmallIntegerField(default=0)),
                ('moved_to', models.CharField(blank=True, max_length=2000)),
                ('asking', models.CharField(blank=True, max_length=2000)),
                ('method', models.CharField(default='HEAD', max_length=4)),
                ('hops', models.PositiveSmallIntegerField(default=0)),
                ('moved', models.BooleanField(default=True)),
                ('next_step_at', models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                ('said', models.CharField(blank=True, choices=[('ok', 'reachable'), ('broken', 'not reachable')], max_length=7, verbose_name='state')),
                ('said_because', models.CharField(blank=True, max_length=300, verbose_name='reason')),
                ('said_until', models.DateField(null=True, verbose_name='until')),
                ('said_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'link address',
                'verbose_name_plural': 'link addresses',
                'ordering': ['url'],
            },
        ),
        migrations.CreateModel(
            name='LinkUse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('address', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='uses', to='catalogue.linkaddress')),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='link_uses', to='catalogue.entry')),
            ],
        ),
        migrations.AddField(
            model_name='linkaddress',
            name='entries',
            field=models.ManyToManyField(related_name='link_addresses', through='catalogue.LinkUse', to='catalogue.entry'),
        ),
        migrations.CreateModel(
            name='ReviewInterval',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('model_project', 'Model project'), ('pilot', 'Pilot'), ('funding', 'Funding programme'), ('counselling', 'Counselling'), ('shelter', 'Shelter'), ('qualification', 'Qualification'), ('staffing', 'Staffing'), ('network', 'Network'), ('coordination', 'Coordination'), ('joint_inspection', 'Joint inspection'), ('event', 'Event'), ('event_series', 'Series of events'), ('research', 'Research'), ('decree', 'Decree'), ('law', 'Law')], max_length=20, unique=True, verbose_name='kind')),
                ('months', models.PositiveSmallIntegerField(default=12, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(60)], verbose_name='check every … months')),
            ],
            options={
                'verbose_name': 'review interval',
                'verbose_name_plural': 'review intervals',
                'ordering': ['kind'],
                'constraints': [models.CheckConstraint(condition=models.Q(('months__range', (1, 60))), name='review_interval_in_range')],
            },
        ),
        migrations.CreateModel(
            name='ReviewReminder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('stage', models.PositiveSmallIntegerField(choices=[(1, 'authors and publishers'), (2, 'organisation administrators'), (3, 'portal team')])),
                ('sent_on', models.DateField()),
                ('entry', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='review_reminder', to='catalogue.entry')),
            ],
        ),
        migrations.AddConstraint(
            model_name='linkuse',
            constraint=models.UniqueConstraint(fields=('address', 'entry'), name='link_used_once_per_entry'),
        ),
        migrations.AddConstraint(
            model_name='linkaddress',
            constraint=models.CheckConstraint(condition=models.Q(('said', ''), models.Q(models.Q(('said_because', ''), _negated=True), ('said_until__isnull', False)), _connector='OR'), name='link_override_has_reason_and_end'),
        ),
        migrations.RunPython(twelve_was_nobodys_choice, migrations.RunPython.noop),
    ]
