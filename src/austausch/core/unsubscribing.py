"""The page behind the link at the end of a mail: no more of that kind, in one click and without signing in."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from austausch.core import outbox


# The token is proof enough, and mail programs send the form by themselves (RFC 8058), without a cookie.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """GET asks, because mail scanners follow links; POST does it, and offers to take it back."""
    read = outbox.read_unsubscribe_token(token)
    if read is None:
        raise Http404
    recipient, category = read
    if request.method == "POST":
        again = request.POST.get("again") == "1"
        (outbox.accept if again else outbox.refuse)(recipient, category.key)
    done = category.key in outbox.refused(recipient)
    context = {"category": category, "done": done, "asked": request.method == "POST"}
    return render(request, "core/unsubscribe.html", context)
