"""Addresses of issuing: in the network for schools, and the signed lists for everybody."""

from django.urls import path

from austausch.certificates import issue_views, keeper_views, list_views, school_views

SCHOOL = "netz/schulbescheinigungen/<str:number>/"
BATCH = f"{SCHOOL}auftraege/<int:pk>/"
CERTIFICATE = f"{SCHOOL}bescheinigungen/<str:certificate>/"

urlpatterns = [
    path("pruefen/listen/vertrauen", list_views.trust, name="trust_list"),
    path("pruefen/listen/status/<int:number>", list_views.status, name="status_list"),
    path("pruefen/zertifikate/<slug:reference>", list_views.certificate, name="key_certificate"),
    path("netz/schulbescheinigungen/", school_views.schools, name="schools"),
    path("netz/schulbescheinigungen/neu/", keeper_views.new_school, name="school_new"),
    path("netz/schulbescheinigungen/alarme/", keeper_views.alarms, name="alarms"),
    path("netz/schulbescheinigungen/alarme/<int:pk>/", keeper_views.alarm, name="alarm"),
    path("netz/schulbescheinigungen/lauf/", keeper_views.call_run, name="run_new"),
    path("netz/schulbescheinigungen/lauf/<slug:run>/", keeper_views.run, name="run"),
    path(SCHOOL, school_views.school, name="school"),
    path(f"{SCHOOL}aendern/", keeper_views.change_school, name="school_change"),
    path(f"{SCHOOL}zweck/", school_views.purpose, name="purpose"),
    path(f"{SCHOOL}schueler/", school_views.pupils, name="pupils"),
    path(f"{SCHOOL}schueler/<int:pk>/", school_views.pupil, name="pupil"),
    path(f"{SCHOOL}rollen/", school_views.people, name="people"),
    path(f"{SCHOOL}rollen/<int:pk>/nehmen/", school_views.take_role, name="take_role"),
    path(f"{SCHOOL}protokoll/", school_views.log, name="log"),
    path(f"{SCHOOL}ausstellen/", issue_views.ask, name="issue"),
    path(BATCH, issue_views.batch, name="batch"),
    path(f"{BATCH}schueler/", issue_views.batch_pupils, name="batch_pupils"),
    path(f"{BATCH}erlauben/", issue_views.allow, name="batch_allow"),
    path(f"{BATCH}ablehnen/", issue_views.refuse, name="batch_refuse"),
    path(f"{BATCH}weiter/", issue_views.go_on, name="batch_go_on"),
    path(f"{BATCH}dateien/<slug:what>/", issue_views.fetch, name="batch_file"),
    path(f"{SCHOOL}bescheinigungen/", issue_views.certificates, name="certificates"),
    path(CERTIFICATE, issue_views.certificate, name="certificate"),
    path(f"{CERTIFICATE}pdf/", issue_views.pdf, name="certificate_pdf"),
    path(f"{CERTIFICATE}widerrufen/", issue_views.revoke, name="revoke"),
    path(f"{CERTIFICATE}neu/", issue_views.reissue, name="reissue"),
]
