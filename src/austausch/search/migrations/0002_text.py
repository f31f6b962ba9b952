from django.db import migrations

from austausch.search.engines import engine


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]

    operations = [
        migrations.RunPython(
            lambda apps, editor: engine().create(),
            lambda apps, editor: engine().drop(),
        ),
    ]
