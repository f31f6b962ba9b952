"""Addresses of the catalogue."""

from django.urls import path

from austausch.catalogue import review_pages, side_by_side, views
from austausch.catalogue.adoption import views as adoption
from austausch.catalogue.bookmarks import views as bookmarks
from austausch.catalogue.merging import views as merging
from austausch.catalogue.proposals import views as proposals

app_name = "catalogue"
urlpatterns = [
    path("massnahmen/vergleich/", side_by_side.compare, name="compare"),
    path("massnahmen/<slug:slug>/", views.entry, name="entry"),
    path("massnahmen/<slug:slug>.<str:format>", views.entry_export, name="entry_export"),
    path("netz/pruefung/", review_pages.checks, name="checks"),
    path("netz/pruefung/<slug:slug>/", review_pages.check, name="check"),
    path("massnahmen/<slug:slug>/weitergabe/", adoption.line, name="line"),
    path("netz/uebernehmen/<slug:slug>/", adoption.adopt, name="adopt"),
    path("netz/uebernahmen/", adoption.adoptions, name="adoptions"),
    path("netz/uebernahmen/<int:pk>/", adoption.adoption, name="adoption"),
    path("netz/uebernahmen/<int:pk>/entscheiden/", adoption.decide, name="adoption_decide"),
    path("netz/uebernahmen/<int:pk>/zuruecknehmen/<int:decision>/", adoption.undo, name="adoption_undo"),
    path("netz/uebernahmen/<int:pk>/bericht/", adoption.report, name="adoption_report"),
    path("netz/uebernahmen/<int:pk>/beenden/", adoption.end, name="adoption_end"),
    path("netz/vorschlagen/<slug:slug>/", proposals.propose, name="propose"),
    path("netz/aenderungsvorschlaege/", proposals.proposals, name="proposals"),
    path("netz/aenderungsvorschlaege/<int:pk>/", proposals.proposal, name="proposal"),
    path("netz/aenderungsvorschlaege/<int:pk>/zurueckziehen/", proposals.withdraw, name="proposal_withdraw"),
    path("netz/aenderungsvorschlaege/<int:pk>/entscheiden/<int:change>/", proposals.decide, name="proposal_decide"),
    path("netz/aenderungsvorschlaege/<int:pk>/zuruecknehmen/<int:change>/", proposals.reopen, name="proposal_reopen"),
    path("netz/zusammenfuehren/<slug:slug>/", merging.merge, name="merge"),
    path("netz/zusammenfuehrungen/", merging.mergers, name="mergers"),
    path("netz/zusammenfuehrungen/<int:pk>/zuruecknehmen/", merging.undo, name="merger_undo"),
    path("netz/merken/<slug:slug>/", bookmarks.keep, name="bookmark"),
    path("netz/merklisten/", bookmarks.lists, name="bookmark_lists"),
    path("netz/merklisten/<int:pk>/", bookmarks.bookmark_list, name="bookmark_list"),
    path("netz/merklisten/<int:pk>/aendern/", bookmarks.change_list, name="bookmark_list_change"),
    path("netz/merklisten/<int:pk>/<int:bookmark>/", bookmarks.change_bookmark, name="bookmark_change"),
    path("netz/merklisten/geteilt/<str:key>/", bookmarks.shared, name="shared_bookmarks"),
    path("dokumente/", views.documents, name="documents"),
    path("dokumente/<slug:slug>/", views.document, name="document"),
    path("dokumente/<slug:slug>/datei", views.document_file, name="document_file"),
    path("dokumente/<slug:slug>/datei/<int:number>", views.document_file, name="document_version"),
]
