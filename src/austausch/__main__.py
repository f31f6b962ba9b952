"""The platform's only entry point: `austausch <command>`."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "austausch.settings.embedded")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        # What to set is said in the message; where the settings were read helps nobody.
        sys.exit(str(error))


if __name__ == "__main__":
    main()
