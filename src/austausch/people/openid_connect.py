"""Signing in at an organisation's own OpenID Connect server, checked more strictly than allauth does.

allauth trusts the connection to the token endpoint; here the ID token's signature is checked against the server's keys
as well, the issuer has to be the one of the settings, what the server says about the person has to be about the one
in the token, and an address counts only where it is said to be checked in so many words. PKCE and a state for one use
bind the answer to the browser that asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jwt
from allauth.account.internal.decorators import login_not_required
from allauth.socialaccount.adapter import get_adapter
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
CLOCKS_DIFFER_BY = 30


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
        """What the ID token says, once it is proved to be the server's, for us, and not too old."""
        try:
            header = jwt.get_unverified_header(id_token)
            claims: dict[str, Any] = jwt.decode(
                id_token,
                self._key(header),
                algorithms=[header["alg"]],
                issuer=self.openid_config["issuer"],
                audience=app.client_id,
                leeway=CLOCKS_DIFFER_BY,
                options={"require": ["exp", "iat", "iss", "aud", "sub"]},
            )
        except (jwt.PyJWTError, KeyError, TypeError) as error:
            raise OAuth2Error("The server has sent no ID token that proves anything.") from error
        return claims

    def _key(self, header: dict[str, Any]) -> Any:
        """The server's public key of that name; a server with one key need not name it."""
        if header["alg"] not in ALGORITHMS:
            raise OAuth2Error("The ID token is signed in a way that proves nothing.")
        with get_adapter().get_requests_session() as session:
            answer = session.get(self.openid_config["jwks_uri"])
        answer.raise_for_status()
        keys = [key for key in answer.json()["keys"] if key.get("use", "sig") == "sig"]
        named = [key for key in keys if "kid" not in header or key.get("kid") == header["kid"]]
        if len(named) != 1:
            raise OAuth2Error("The ID token is signed with a key that is not the server's.")
        return jwt.PyJWK.from_dict(named[0], algorithm=header["alg"]).key


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
