"""Events in the navigation of the network."""

from django.utils.translation import gettext_lazy as _

from austausch.core import network

network.link(label=_("Events"), name="events:own_events", group=network.Group.EXCHANGE, order=40)
