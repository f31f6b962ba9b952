import django.db.models.deletion
import modelcluster.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0002_initial"), ("people", "0003_contacts")]

    operations = [
        migrations.CreateModel(
            name='ContactReference',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sort_order', models.IntegerField(blank=True, editable=False, null=True)),
                ('task', models.CharField(blank=True, max_length=150, verbose_name='what for')),
            ],
            options={
                'verbose_name': 'contact',
                'verbose_name_plural': 'contacts',
                'ordering': ['sort_order'],
                'abstract': False,
            },
        ),
        migrations.AddField(
            model_name='contactreference',
            name='contact',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='references', to='people.contact', verbose_name='contact'),
        ),
        migrations.AddField(
            model_name='contactreference',
            name='entry',
            field=modelcluster.fields.ParentalKey(on_delete=django.db.models.deletion.CASCADE, related_name='contact_references', to='catalogue.entry'),
        ),
    ]
