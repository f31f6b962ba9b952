import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0002_sign_in"), ("places", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name='Contact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('person', 'Person'), ('office', 'Functional address')], default='person', max_length=6, verbose_name='kind')),
                ('name', models.CharField(max_length=150, verbose_name='name')),
                ('role', models.CharField(blank=True, max_length=150, verbose_name='job title')),
                ('responsibility', models.CharField(blank=True, max_length=300, verbose_name='area of responsibility')),
                ('phone', models.CharField(blank=True, max_length=40, verbose_name='phone')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail address')),
                ('office_hours', models.CharField(blank=True, max_length=200, verbose_name='office hours')),
                ('languages', models.CharField(blank=True, max_length=200, verbose_name='languages')),
                ('visibility', models.CharField(choices=[('public', 'everybody'), ('signed-in', 'everybody who is signed in'), ('organisation', 'the organisation only')], default='organisation', max_length=12, verbose_name='visible to')),
                ('consent_given_on', models.DateField(blank=True, null=True, verbose_name='consent given on')),
                ('consent_expires_on', models.DateField(blank=True, null=True, verbose_name='consent valid until')),
                ('consent_recorded_at', models.DateTimeField(blank=True, null=True, verbose_name='recorded at')),
                ('consent_reminder', models.PositiveSmallIntegerField(choices=[(0, 'none'), (1, 'expires soon'), (2, 'expired')], default=0, editable=False, verbose_name='last reminder')),
                ('changed_at', models.DateTimeField(auto_now=True, verbose_name='changed at')),
            ],
            options={
                'verbose_name': 'contact',
                'verbose_name_plural': 'contacts',
                'ordering': ['organisation__name', 'kind', 'name', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='FormerName',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, verbose_name='former name')),
                ('used_from', models.DateField(blank=True, null=True, verbose_name='used from')),
                ('used_until', models.DateField(verbose_name='used until')),
            ],
            options={
                'verbose_name': 'former name',
                'verbose_name_plural': 'former names',
                'ordering': ['-used_until', '-pk'],
            },
        ),
        migrations.AddField(
            model_name='organisation',
            name='ended_on',
            field=models.DateField(blank=True, null=True, verbose_name='ended on'),
        ),
        migrations.AddField(
            model_name='organisation',
            name='merged_into',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged', to='people.organisation', verbose_name='merged into'),
        ),
        migrations.AddField(
            model_name='organisation',
            name='parent',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='people.organisation', verbose_name='belongs to'),
        ),
        migrations.AddConstraint(
            model_name='organisation',
            constraint=models.CheckConstraint(condition=models.Q(('parent__isnull', True), models.Q(('parent', models.F('id')), _negated=True), _connector='OR'), name='organisation_not_below_itself', violation_error_message='An organisation cannot belong to itself.'),
        ),
        migrations.AddConstraint(
            model_name='organisation',
            constraint=models.CheckConstraint(condition=models.Q(('merged_into__isnull', True), models.Q(models.Q(('merged_into', models.F('id')), _negated=True), ('ended_on__isnull', False)), _connector='OR'), name='organisation_merged_has_ended', violation_error_message='A merged organisation has ended on a day, and not in itself.'),
        ),
        migrations.AddField(
            model_name='contact',
            name='consent_recorded_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='recorded by'),
        ),
        migrations.AddField(
            model_name='contact',
            name='deputy',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='deputises_for', to='people.contact', verbose_name='deputy'),
        ),
        migrations.AddField(
            model_name='contact',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='contacts', to='people.organisation', verbose_name='organisation'),
        ),
        migrations.AddField(
            model_name='formername',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='former_names', to='people.organisation', verbose_name='organisation'),
        ),
        migrations.AddConstraint(
            model_name='contact',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('consent_expires_on__isnull', True), ('consent_given_on__isnull', True)), models.Q(('consent_expires_on__gte', models.F('consent_given_on')), ('consent_expires_on__isnull', False), ('consent_given_on__isnull', False)), _connector='OR'), name='contact_consent_in_order', violation_error_message='Consent has a day on which it was given, and a last day that is not before it.'),
        ),
        migrations.AddConstraint(
            model_name='contact',
            constraint=models.CheckConstraint(condition=models.Q(('email', ''), ('phone', ''), _negated=True), name='contact_can_be_reached', violation_error_message='Give a phone number or an e-mail address, or both.'),
        ),
        migrations.AddConstraint(
            model_name='contact',
            constraint=models.CheckConstraint(condition=models.Q(('deputy__isnull', True), models.Q(('deputy', models.F('id')), _negated=True), _connector='OR'), name='contact_is_not_own_deputy', violation_error_message='Nobody is their own deputy.'),
        ),
        migrations.AddConstraint(
            model_name='formername',
            constraint=models.CheckConstraint(condition=models.Q(('used_from__isnull', True), ('used_until__gte', models.F('used_from')), _connector='OR'), name='former_name_days_in_order', violation_error_message='The end lies before the beginning.'),
        ),
    ]
