"""The database itself refuses to change the issue log.

PostgreSQL refuses to delete, too. The embedded default lets the demonstration be removed, and `verify_issue_log` finds
what is missing.
"""

from django.db import migrations

POSTGRESQL = """
CREATE FUNCTION certificates_issuelog_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'The issue log is append-only.'; END $$;
CREATE TRIGGER certificates_issuelog_append_only BEFORE UPDATE OR DELETE ON certificates_issuelog
FOR EACH ROW EXECUTE FUNCTION certificates_issuelog_is_append_only();
"""
SQLITE = """
CREATE TRIGGER certificates_issuelog_append_only BEFORE UPDATE ON certificates_issuelog
BEGIN SELECT RAISE(ABORT, 'The issue log is append-only.'); END
"""


def forwards(apps, schema_editor):
    schema_editor.execute(POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE)


def backwards(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION certificates_issuelog_is_append_only() CASCADE")
    else:
        schema_editor.execute("DROP TRIGGER certificates_issuelog_append_only")


class Migration(migrations.Migration):
    dependencies = [("certificates", "0001_initial")]
    operations = [migrations.RunPython(forwards, backwards)]
