"""allauth's sentences whose own German says "du". This portal says "Sie".

Their German stands in this room's translations, which come before allauth's. A sentence is here exactly as allauth has
it; only those of pages, messages and mails that this portal's accounts meet.
"""

from django.utils.translation import gettext_noop as _

SENTENCES = (
    _("Too many failed login attempts. Try again later."),
    _("Be patient, you are sending too many requests."),
    _("Please type your current password."),
    _("You must type the same password each time."),
    _("You must type the same email each time."),
    _("You cannot remove your primary email address."),
    _("You cannot remove your primary email address (%(email)s)."),
    _("Your primary email address must be verified."),
    _("Your account has no password set up."),
    _("Your account has no verified email address."),
    _("Your email address is still pending verification."),
    _("Email Address"),
    _("Change Email"),
    _("Change to"),
    _("Please Confirm Your Email Address"),
    _('Please confirm that <a href="mailto:%(email)s">%(email)s</a> is an email address for user %(user_display)s.'),
    _(
        "This email confirmation link expired or is invalid. "
        'Please <a href="%(email_url)s">issue a new email confirmation request</a>.'
    ),
    _("You have confirmed %(email)s."),
    _("Are you sure you want to sign out?"),
    _("You have signed out."),
    _("You are already logged in as %(user_display)s."),
    _("Your password has been changed."),
    _("Your password is now changed."),
    _("Forgotten your password? Enter your email address below, and we'll send you an email allowing you to reset it."),
    _("Please contact us if you have any trouble resetting your password."),
    _(
        "We have sent you an email. If you have not received it please check your spam folder. "
        "Otherwise contact us if you do not receive it in a few minutes."
    ),
    _(
        "The password reset link was invalid, possibly because it has already been used.  "
        'Please request a <a href="%(passwd_reset_url)s">new password reset</a>.'
    ),
    _(
        "You're receiving this email because you or someone else has requested a password reset for your user account."
        "\nIt can be safely ignored if you did not request a password reset. "
        "Click the link below to reset your password."
    ),
    _("In case you forgot, your username is %(username)s."),
    _("Verify Your Email Address"),
    _(
        "We have sent an email to you for verification. Follow the link provided to finalize the signup process. "
        "If you do not see the verification email in your main inbox, check your spam folder. "
        "Please contact us if you do not receive the verification email within a few minutes."
    ),
)
