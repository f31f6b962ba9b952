import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Mails that are written at delivery, and many mails as one."""

    dependencies = [
        ('core', '0004_demonstration'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='mail',
            name='bundle',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='parts', to='core.mail'),
        ),
        migrations.AddField(
            model_name='mail',
            name='data',
            field=models.JSONField(default=dict),
        ),
        migrations.AlterField(
            model_name='mail',
            name='state',
            field=models.CharField(choices=[('waiting', 'waiting'), ('held', 'waits for the next collected mail'), ('bundled', 'part of a collected mail'), ('sending', 'being sent'), ('sent', 'sent'), ('unclear', 'perhaps sent'), ('failed', 'not sent'), ('dropped', 'no longer wanted')], default='waiting', max_length=8, verbose_name='state'),
        ),
        migrations.CreateModel(
            name='MailRhythm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('category', models.CharField(max_length=30)),
                ('rhythm', models.CharField(choices=[('daily', 'once a day'), ('weekly', 'once a week')], max_length=6)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('user', 'category'), name='one_rhythm_for_a_kind_of_mail')],
            },
        ),
    ]
