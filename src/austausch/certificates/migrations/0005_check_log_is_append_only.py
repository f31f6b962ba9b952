"""The database itself refuses to change the log of checks.

PostgreSQL refuses to delete, too. The embedded default lets the
demonstration be removed.
"""

from django.db import migrations

POSTGRESQL = """
CREATE FUNCTION certificates_checklog_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'The log of checks is append-only.'; END $$;
CREATE TRIGGER certificates_checklog_append_only BEFORE UPDATE OR DELETE ON certificates_checklog
FOR EACH ROW EXECUTE FUNCTION certificates_checklog_is_append_only();
"""
SQLITE = """
CREATE TRIGGER certificates_checklog_append_only BEFORE UPDATE ON certificates_checklog
BEGIN SELECT RAISE(ABORT, 'The log of checks is append-only.'); END
"""


def forwards(apps, schema_editor):
    schema_editor.execute(POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE)


def backwards(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION certificates_checklog_is_append_only() CASCADE")
    else:
        schema_editor.execute("DROP TRIGGER certificates_checklog_append_only")


class Migration(migrations.Migration):
    dependencies = [("certificates", "0004_checks")]
    operations = [migrations.RunPython(forwards, backwards)]
