"""What a content page is made of: text, picture, table, and media of third parties that wait for consent."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock
from wagtail.images.blocks import ImageChooserBlock
from wagtail.snippets.blocks import SnippetChooserBlock

TEXT_FEATURES = ["h2", "h3", "bold", "italic", "ol", "ul", "link", "document-link"]


class PictureBlock(blocks.StructBlock):
    """A picture from the portal's own library."""

    picture = ImageChooserBlock(label=_("picture"))
    alternative = blocks.CharBlock(
        label=_("text for those who do not see the picture"),
        required=False,
        max_length=300,
        help_text=_("What the picture says. Empty only if it decorates and says nothing."),
    )
    caption = blocks.CharBlock(label=_("caption and source"), required=False, max_length=300)

    class Meta:
        label = _("Picture")
        icon = "image"
        template = "pages/blocks/picture.html"


class TableBlock(TypedTableBlock):
    """A table; the first column may hold texts, numbers or formatted text like any other."""

    text = blocks.CharBlock(label=_("text"), required=False)
    number = blocks.DecimalBlock(label=_("number"), required=False, template="pages/blocks/number.html")
    rich_text = blocks.RichTextBlock(label=_("formatted text"), required=False, features=["bold", "italic", "link"])

    class Meta:
        label = _("Table")
        icon = "table"


class MediumBlock(blocks.StructBlock):
    """A video or feed of a third party. Nothing of it is loaded before the visitor agrees."""

    provider = SnippetChooserBlock("pages.Provider", label=_("provider"))
    address = blocks.URLBlock(
        label=_("address to embed"),
        max_length=500,
        help_text=_("Begins with https:// and lies on one of the provider's hosts."),
    )
    title = blocks.CharBlock(label=_("title"), max_length=150)
    description = blocks.TextBlock(
        label=_("description"),
        max_length=1000,
        help_text=_("What it shows, so that everyone can decide whether to load it – and does not have to."),
    )
    preview = ImageChooserBlock(
        label=_("preview picture"), required=False, help_text=_("A picture of your own, kept on this server.")
    )
    transcript = blocks.RichTextBlock(
        label=_("transcript"),
        required=False,
        features=["bold", "italic", "ol", "ul", "link"],
        help_text=_("What is said and shown, in words. Videos need one for those who do not hear or see them."),
    )

    class Meta:
        label = _("Video or feed of a third party")
        icon = "media"
        template = "pages/blocks/medium.html"

    def clean(self, value: Any) -> Any:
        """Refuses an address that the provider's description does not cover: visitors agree to what is described."""
        cleaned = super().clean(value)
        if not cleaned["provider"].allows(cleaned["address"]):
            message = _("The address must begin with https:// and lie on a host of the provider: %(hosts)s.") % {
                "hosts": ", ".join(cleaned["provider"].hosts)
            }
            raise StructBlockValidationError(block_errors={"address": ValidationError(message, code="foreign_host")})
        return cleaned


class BodyBlock(blocks.StreamBlock):
    """The body of a content page."""

    text = blocks.RichTextBlock(label=_("Text"), icon="pilcrow", features=TEXT_FEATURES)
    picture = PictureBlock()
    table = TableBlock(template="pages/blocks/table.html")
    medium = MediumBlock()
