import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Entries that the index does not yet know with all that was read of their documents."""

    dependencies = [
        ("catalogue", "0001_initial"),
        ("search", "0003_word_parts"),
    ]

    operations = [
        migrations.CreateModel(
            name="WaitingEntry",
            fields=[
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="catalogue.entry",
                    ),
                ),
            ],
        ),
    ]
