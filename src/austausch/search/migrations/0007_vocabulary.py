from django.db import migrations

from austausch.search.engines import of_database
from austausch.search.engines.vocabulary import Vocabulary


def renew(apps, editor):
    """Writes down which words hold a trigram, for those of an index that is there already."""
    vocabulary = Vocabulary()
    tables = editor.connection.introspection.table_names()
    if vocabulary.grams in tables:
        # A new portal's, just made by 0002.
        return
    with editor.connection.cursor() as cursor:
        cursor.execute(f"SELECT spelling, shown FROM {vocabulary.table}")
        words = dict(cursor.fetchall())
    editor.execute(f"DROP TABLE {vocabulary.table}")
    # With what a rebuild may have left that was killed.
    for suffix in ("_new", "_old"):
        type(of_database())(suffix).drop()
    for suffix in ("", "_new", "_old"):
        editor.execute(f"DROP TABLE IF EXISTS search_grams{suffix}")
    vocabulary.create()
    vocabulary.wait()
    vocabulary.add(words)
    vocabulary.settle()


class Migration(migrations.Migration):
    dependencies = [("search", "0006_postings")]

    # There is no way back but a backup: the code before this one writes to other tables.
    operations = [migrations.RunPython(renew)]
