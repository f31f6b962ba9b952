from django.db import migrations

from austausch.search.engines import of_database
from austausch.search.engines.postings import Postings


def fill(apps, editor):
    """Writes down which texts hold a term, for those that are indexed already."""
    postings = Postings()
    if postings.table in editor.connection.introspection.table_names():
        # A new portal's, just made by 0002.
        return
    postings.create()
    of_database().fill_postings()
    if editor.connection.vendor == "postgresql":
        editor.execute("DROP INDEX IF EXISTS search_text_terms")


class Migration(migrations.Migration):
    dependencies = [("search", "0005_saved_searches")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
