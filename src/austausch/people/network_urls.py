"""Addresses of organisations and contacts, most of them below /netz/."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from austausch.core import network
from austausch.people import contact_views, organisation_views

network.link(label=_("Organisations"), name="people:organisations", group=network.Group.BODIES, order=10)
network.link(label=_("Towns like ours"), name="people:similar", group=network.Group.BODIES, order=20)
network.link(label=_("Contacts"), name="people:contacts", group=network.Group.BODIES, order=30)

urlpatterns = [
    path("kontakte/<int:pk>.vcf", contact_views.card, name="vcard"),
    path("netz/kontakte/", contact_views.contacts, name="contacts"),
    path("netz/kontakte/neu/", contact_views.new_contact, name="new_contact"),
    path("netz/kontakte/<int:pk>/", contact_views.contact, name="contact"),
    path("netz/kontakte/<int:pk>/bearbeiten/", contact_views.edit_contact, name="edit_contact"),
    path("netz/kontakte/<int:pk>/einwilligung/", contact_views.consent, name="contact_consent"),
    path("netz/kontakte/<int:pk>/loeschen/", contact_views.delete_contact, name="delete_contact"),
    path("netz/aehnliche/", organisation_views.similar, name="similar"),
    path("netz/organisationen/", organisation_views.organisations, name="organisations"),
    path("netz/organisationen/<slug:key>/", organisation_views.organisation, name="organisation"),
    path("netz/organisationen/<slug:key>/aendern/", organisation_views.change, name="change_organisation"),
]
