"""What 0006 has filled must be there, and the database itself refuses to change the log of checks again.

PostgreSQL lets go only what its chain says has been cut off, and nothing younger than 90 days whatever a chain says.
The embedded default lets the demonstration be removed.
"""

from django.db import migrations, models

POSTGRESQL = """
CREATE FUNCTION certificates_checklog_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND OLD.at < now() - interval '90 days' AND EXISTS (
    SELECT 1 FROM certificates_checkchain WHERE key = OLD.organisation_key AND cut >= OLD.position
  ) THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'The log of checks is append-only.';
END $$;
CREATE TRIGGER certificates_checklog_append_only BEFORE UPDATE OR DELETE ON certificates_checklog
FOR EACH ROW EXECUTE FUNCTION certificates_checklog_is_append_only();
"""
SQLITE = """
CREATE TRIGGER certificates_checklog_append_only BEFORE UPDATE ON certificates_checklog
BEGIN SELECT RAISE(ABORT, 'The log of checks is append-only.'); END
"""


def forbid(apps, schema_editor):
    schema_editor.execute(POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE)


def lift(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION certificates_checklog_is_append_only() CASCADE")
    else:
        schema_editor.execute("DROP TRIGGER certificates_checklog_append_only")


class Migration(migrations.Migration):
    dependencies = [("certificates", "0006_checks_have_an_end")]
    operations = [
        migrations.AlterField("checklog", "position", models.PositiveIntegerField()),
        migrations.AlterField("officekey", "expires_at", models.DateTimeField(verbose_name="ends at")),
        migrations.AddIndex("checklog", models.Index(fields=["at"], name="certificate_at_d5e749_idx")),
        migrations.AddConstraint(
            "checklog",
            models.UniqueConstraint(fields=("organisation_key", "position"), name="one_check_entry_per_position"),
        ),
        migrations.RunPython(forbid, lift),
    ]
