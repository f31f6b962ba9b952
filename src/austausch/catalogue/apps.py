from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "austausch.catalogue"

    def ready(self) -> None:
        # Says where contacts are used; whoever deletes one may not have seen a page of the catalogue.
        from austausch.catalogue import (  # noqa: F401
            contacts,
            link_addresses,
            mergers,
            organisation_parts,
            publication,
            reviews,
            versions,
        )
        from austausch.catalogue.adoption import changes, home  # noqa: F401
        from austausch.catalogue.bookmarks import home as bookmarks_home  # noqa: F401
        from austausch.catalogue.merging import moving
        from austausch.catalogue.proposals import home as proposals_home  # noqa: F401

        for model in ("Proposal", "Bookmark"):
            moving.hanging(f"catalogue.{model}")
        publication.observe(link_addresses.collect)
        publication.observe(changes.note_change)
