"""Pages below /konto/: those of allauth's addresses that this portal has, and our own.

What is not listed does not exist: no sign-up by passkey, phone or code. `signup` leads to the registration.
"""

from __future__ import annotations

from allauth.account import views
from allauth.mfa.base import views as factor_views
from allauth.mfa.recovery_codes import views as recovery_views
from allauth.mfa.totp import views as totp_views
from allauth.mfa.webauthn import views as passkey_views
from allauth.socialaccount import views as connection_views
from django.urls import path, re_path
from django.views.generic import RedirectView

from austausch.people import account_views, openid_connect

urlpatterns = [
    path("", account_views.overview, name="account_overview"),
    path("login/", views.login, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("signup/", RedirectView.as_view(pattern_name="account_registration"), name="account_signup"),
    path("registrieren/", account_views.registration, name="account_registration"),
    path("registrieren/mail/", account_views.registration_mail_sent, name="account_registration_mail_sent"),
    path("registrieren/wartet/", account_views.registration_waits, name="account_registration_waits"),
    path("registrieren/<str:token>/", account_views.registration_confirmed, name="account_registration_confirmed"),
    path("einladung/<str:token>/", account_views.invitation, name="account_invitation"),
    path("sitzungen/", account_views.sessions, name="usersessions_list"),
    path("mails/", account_views.mail_choices, name="account_mails"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    path("email/", views.email, name="account_email"),
    path("confirm-email/", views.email_verification_sent, name="account_email_verification_sent"),
    re_path(r"^confirm-email/(?P<key>[-:\w]+)/$", views.confirm_email, name="account_confirm_email"),
    path("password/change/", views.password_change, name="account_change_password"),
    path("password/set/", views.password_set, name="account_set_password"),
    path("password/reset/", views.password_reset, name="account_reset_password"),
    path("password/reset/done/", views.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        views.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("zweiter-faktor/", factor_views.index, name="mfa_index"),
    path("zweiter-faktor/code/", factor_views.authenticate, name="mfa_authenticate"),
    path("zweiter-faktor/bestaetigen/", factor_views.reauthenticate, name="mfa_reauthenticate"),
    path("zweiter-faktor/app/", totp_views.activate_totp, name="mfa_activate_totp"),
    path("zweiter-faktor/app/entfernen/", totp_views.deactivate_totp, name="mfa_deactivate_totp"),
    path("zweiter-faktor/codes/", recovery_views.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("zweiter-faktor/codes/neu/", recovery_views.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("zweiter-faktor/codes/datei/", recovery_views.download_recovery_codes, name="mfa_download_recovery_codes"),
    path("passkeys/", passkey_views.list_webauthn, name="mfa_list_webauthn"),
    path("passkeys/neu/", passkey_views.add_webauthn, name="mfa_add_webauthn"),
    path("passkeys/bestaetigen/", passkey_views.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("passkeys/anmelden/", passkey_views.login_webauthn, name="mfa_login_webauthn"),
    path("passkeys/<int:pk>/", passkey_views.edit_webauthn, name="mfa_edit_webauthn"),
    path("passkeys/<int:pk>/entfernen/", passkey_views.remove_webauthn, name="mfa_remove_webauthn"),
    path("verbindungen/", connection_views.connections, name="socialaccount_connections"),
    path("verbindungen/abgebrochen/", connection_views.login_cancelled, name="socialaccount_login_cancelled"),
    path("verbindungen/fehler/", connection_views.login_error, name="socialaccount_login_error"),
    # Where allauth would let strangers sign up; OrganisationSignInAdapter never sends anybody there.
    path("verbindungen/neu/", RedirectView.as_view(pattern_name="account_registration"), name="socialaccount_signup"),
    path("mit/<slug:provider_id>/", openid_connect.login, name="openid_connect_login"),
    path("mit/<slug:provider_id>/zurueck/", openid_connect.callback, name="openid_connect_callback"),
]
