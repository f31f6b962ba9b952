"""Signing in at an organisation's own OpenID Connect server, checked more strictly than allauth does.

allauth trusts the connection to the token endpoint; here the ID token's signature is checked against the server's keys
as well, the issuer has to be the one of the settings, what the server says about the person has to be about the one
in the token, and an address counts only where it is said to be checked in so many words. PKCE and a state for one use
bind the answer to the browser that asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.internal.decorators import login_not_required
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import Http404
from django.views.decorators.cache import never_cache

if TYPE_CHECKING:
    from allauth.socialaccount.models import SocialLogin, SocialToken
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

WELL_KNOWN = "/.well-known/openid-configuration"
# Signatures with the server's private key. Not those that a shared secret makes.
ALGORITHMS = {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}


class StrictAdapter(OpenIDConnectOAuth2Adapter):
    def complete_login(self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any) -> SocialLogin:
        """Who the server says has signed in. Raises OAuth2Error where anything does not fit."""
        issuer = app.settings["server_url"].removesuffix(WELL_KNOWN).rstrip("/")
        if str(self.openid_config.get("issuer", "")).rstrip("/") != issuer:
            raise OAuth2Error("The server calls itself by another name.")
        claims = self._verified(app, kwargs["response"].get("id_token"))
        person = self._fetch_user_info(token.token)
        if person.get("sub") != claims.get("sub") or not claims.get("sub"):
            raise OAuth2Error("The server speaks of somebody else.")
        person["email_verified"] = person.get("email_verified") is True
        return self.get_provider().sociallogin_from_response(request, {"userinfo": person, "id_token": claims})

    def _verified(self, app: SocialApp, id_token: Any) -> dict[str, Any]:
        if not isinstance(id_token, str):
            raise OAuth2Error("The server sent no ID token.")
        try:
            algorithm = jwtkit.jwt.get_unverified_header(id_token).get("alg")
            if algorithm not in ALGORITHMS:
                raise OAuth2Error("The ID token is signed in a way that proves nothing.")
            verified: dict[str, Any] = jwtkit.verify_and_decode(
                credential=id_token,
                keys_url=self.openid_config["jwks_uri"],
                issuer=self.openid_config["issuer"],
                audience=app.client_id,
                lookup_kid=jwtkit.lookup_kid_jwk,
            )
        except (jwtkit.jwt.PyJWTError, KeyError) as error:
            raise OAuth2Error("The ID token cannot be read.") from error
        return verified


@never_cache
@login_not_required
def login(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    return _answer(OAuth2LoginView, request, provider_id)


@never_cache
@login_not_required
def callback(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    return _answer(OAuth2CallbackView, request, provider_id)


def _answer(view: Any, request: HttpRequest, provider_id: str) -> HttpResponseBase:
    try:
        answer: HttpResponseBase = view.adapter_view(StrictAdapter(request, provider_id))(request)
    except SocialApp.DoesNotExist as error:
        raise Http404 from error
    return answer
