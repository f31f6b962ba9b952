"""Bands instead of cells, and PostgreSQL's own index of points; see decision 0101."""

import django.db.models.expressions
import django.db.models.functions.math
from django.db import migrations, models

# The words of counselling.near.FlatDistance: the index serves what is asked in the same ones only.
POINTS = "CREATE INDEX office_points ON counselling_office USING gist (point(longitude * 0.624, latitude))"


def forwards(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POINTS)


def backwards(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX office_points")


class Migration(migrations.Migration):
    dependencies = [("counselling", "0001_offices")]

    operations = [
        migrations.RemoveIndex(model_name="office", name="office_cell"),
        migrations.RemoveField(model_name="office", name="cell"),
        migrations.AddField(
            model_name="office",
            name="band",
            field=models.GeneratedField(
                db_persist=True,
                expression=django.db.models.functions.math.Floor(
                    django.db.models.expressions.CombinedExpression(models.F("latitude"), "*", models.Value(100.0))
                ),
                output_field=models.FloatField(null=True),
            ),
        ),
        migrations.AddIndex(
            model_name="office",
            index=models.Index(fields=["band", "longitude", "latitude", "live"], name="office_near"),
        ),
        migrations.RunPython(forwards, backwards),
    ]
