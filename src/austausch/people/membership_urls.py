"""Addresses below /netz/organisation/: who belongs to one's organisations, who wants to. Of the namespace `people`."""

from django.urls import path

from austausch.people import membership_views as views

urlpatterns = [
    path("netz/organisation/", views.mine, name="memberships"),
    path("netz/organisation/<slug:key>/", views.people, name="people"),
    path("netz/organisation/<slug:key>/einladen/", views.invite, name="invite"),
    path("netz/organisation/<slug:key>/einladungen/<int:pk>/", views.invitation, name="invitation"),
    path("netz/organisation/<slug:key>/antraege/<int:pk>/", views.registration, name="registration"),
    path("netz/organisation/<slug:key>/personen/<int:pk>/", views.member, name="member"),
    path("netz/organisation/<slug:key>/domains/", views.add_domain, name="add_domain"),
    path("netz/organisation/<slug:key>/domains/<int:pk>/", views.domain, name="domain"),
]
