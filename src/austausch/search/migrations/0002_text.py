from django.db import migrations

from austausch.search.engines import of_database


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]

    operations = [
        migrations.RunPython(
            lambda apps, editor: of_database().create(),
            lambda apps, editor: of_database().drop(),
        ),
    ]
