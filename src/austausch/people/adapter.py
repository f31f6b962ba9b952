"""allauth's hooks: accounts are made by invitation or at the one-time address, never by signing up."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from austausch.core.rate_limit import client_address


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Readers have no editors' side, which would only send them back to the sign-in page, and that here again."""
        if request.user.has_perm("wagtailadmin.access_admin"):
            return str(super().get_login_redirect_url(request))
        return "/"

    def get_client_ip(self, request: HttpRequest) -> str:
        """The same idea of who asks as everywhere else, so that one setting tells both about proxies."""
        return client_address(request)
