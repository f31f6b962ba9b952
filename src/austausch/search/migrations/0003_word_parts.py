from django.db import migrations, models


def without_statistics(apps, editor):
    """As the engine makes its table from now on; what has been counted before goes with the next rebuild."""
    if editor.connection.vendor == "postgresql":
        editor.execute("ALTER TABLE search_text ALTER COLUMN terms SET STATISTICS 0")


class Migration(migrations.Migration):
    dependencies = [("search", "0002_text")]

    operations = [
        migrations.CreateModel(
            name="WordParts",
            fields=[
                ("word", models.CharField(max_length=60, primary_key=True, serialize=False)),
                ("parts", models.JSONField()),
                ("version", models.CharField(max_length=30)),
            ],
        ),
        migrations.RunPython(without_statistics, migrations.RunPython.noop),
    ]
