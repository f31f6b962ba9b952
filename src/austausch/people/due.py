"""What this room does by the clock. Each part may be killed anywhere and may run twice at once."""

from __future__ import annotations

from austausch.people import absence, invitations, registration, sessions_app


def do_what_is_due() -> None:
    absence.tell_the_absent()
    absence.deactivate_the_absent()
    registration.forget_old()
    invitations.forget_old()
    sessions_app.forget_ended()
