"""PAdES signatures on tagged PDFs (ETSI EN 319 142-1, baseline B-B), written as an incremental update.

The signature field is tagged as PDF/UA asks (ISO 14289-1, 7.18): a `Form` structure element holds a reference to the
widget and a text that describes it, and the page's tab order follows the structure. What PDF/A-3 and PDF/UA-1 asked of
the file before still holds after.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from cryptography import x509

from vdseal.errors import PdfError
from vdseal.keys import Signer
from vdseal.pdf import cms
from vdseal.pdf.document import PdfFile, Update
from vdseal.pdf.objects import Dictionary, Name, Raw, Ref, integer, text

__all__ = ["sign_pdf"]

# Print and locked: PDF/A wants every annotation printable.
_FLAGS: Final = 132
_RANGE: Final = b"[0000000000 0000000000 0000000000 0000000000]"
_LARGEST: Final = 10**10


def sign_pdf(
    pdf: bytes,
    *,
    signer: Signer,
    at: datetime,
    field_name: str,
    tooltip: str,
    reason: str = "",
    chain: Sequence[x509.Certificate] = (),
    certify: bool = False,
) -> bytes:
    """The PDF with a signature over all of it (ETSI EN 319 142-1, baseline B-B; ISO 32000-1, 12.8).

    `field_name` is new in the file, `tooltip` says what the field is to people who do not see it. `chain` are the
    certificates between signer and root. `certify`: the signature also says that nothing may be changed any more
    (ISO 32000-1, 12.8.2.2: DocMDP with P 1), so that a reader calls every later change one that is not allowed.
    """
    if at.tzinfo is None:
        raise PdfError("The time of the signature needs a time zone.")
    if not field_name or "." in field_name or not tooltip:
        raise PdfError("The signature field needs a name without dots, and a text that describes it.")
    file = PdfFile(pdf)
    update = Update(file)
    space = cms.room(signer, chain) * 2
    signature = update.add(_signature(at, reason, space, certify=certify))
    _add_field(file, update, signature, field_name=field_name, tooltip=tooltip, certify=certify)
    appended, offsets = update.write()
    whole = bytearray(pdf + appended)
    if len(whole) >= _LARGEST:
        raise PdfError("The PDF is too large to be signed.")
    _fill(whole, offsets[signature.number], space, signer=signer, chain=chain)
    return bytes(whole)


def _signature(at: datetime, reason: str, space: int, *, certify: bool) -> Dictionary:
    """The signature dictionary, its two gaps first, so that they are found again (ISO 32000-1, 12.8.1)."""
    dictionary: Dictionary = {
        "/Contents": Raw(b"<" + b"0" * space + b">"),
        "/ByteRange": Raw(_RANGE),
        "/Type": Name("/Sig"),
        "/Filter": Name("/Adobe.PPKLite"),
        "/SubFilter": Name("/ETSI.CAdES.detached"),
        "/M": Raw(f"(D:{at.astimezone(UTC):%Y%m%d%H%M%S}Z)".encode("ascii")),
    }
    if reason:
        dictionary["/Reason"] = text(reason)
    if certify:
        # Without digests of its own: PDF/A forbids them here (ISO 19005-3, 6.1.12).
        parameters = {"/Type": Name("/TransformParams"), "/P": 1, "/V": Name("/1.2")}
        method = {"/Type": Name("/SigRef"), "/TransformMethod": Name("/DocMDP"), "/TransformParams": parameters}
        dictionary["/Reference"] = [method]
    return dictionary


def _fill(whole: bytearray, offset: int, space: int, *, signer: Signer, chain: Sequence[x509.Certificate]) -> None:
    """Write the range, hash what lies in it, and put the CMS into the gap."""
    start = whole.index(b"<0", offset)
    end = start + space + 2
    at = whole.index(_RANGE, end)
    ranges = b"[0 %d %d %d]" % (start, end, len(whole) - end)
    whole[at : at + len(_RANGE)] = ranges.ljust(len(_RANGE))
    view = memoryview(whole)
    digest = hashlib.sha256(view[:start])
    digest.update(view[end:])
    view.release()
    signature = cms.detached(digest.digest(), signer=signer, chain=chain).hex().encode("ascii")
    if len(signature) > space:
        raise PdfError("The signature is larger than the room left for it.")
    whole[start + 1 : start + 1 + len(signature)] = signature


def _add_field(file: PdfFile, update: Update, signature: Ref, *, field_name: str, tooltip: str, certify: bool) -> None:
    root = file.trailer.get("/Root")
    catalogue = file.dictionary(root, "catalogue")
    _add_permissions(file, catalogue, signature, certify=certify)
    page_ref = _first_page(file, catalogue)
    page = file.dictionary(page_ref, "page")
    widget: Dictionary = {
        "/Type": Name("/Annot"),
        "/Subtype": Name("/Widget"),
        "/FT": Name("/Sig"),
        "/T": text(field_name),
        "/TU": text(tooltip),
        "/V": signature,
        "/F": _FLAGS,
        # Without extent it needs no appearance (ISO 19005-3, 6.3.3): what people see is the certificate itself.
        "/Rect": [0, 0, 0, 0],
        "/P": page_ref,
    }
    widget_ref = update.add(widget)
    page["/Annots"] = [*file.array(page.get("/Annots", []), "list of annotations"), widget_ref]
    page["/Tabs"] = Name("/S")
    update.put(page_ref, page)
    _add_to_form(file, update, catalogue, widget_ref, field_name)
    if "/StructTreeRoot" in catalogue:
        widget["/StructParent"] = _tag(file, update, catalogue, page_ref, widget_ref, tooltip)
    update.put(root, catalogue)


def _add_permissions(file: PdfFile, catalogue: Dictionary, signature: Ref, *, certify: bool) -> None:
    """A certifying signature comes first and is the only one (ISO 32000-1, 12.8.1 and 12.8.4)."""
    permissions = file.dictionary(catalogue.get("/Perms", {}), "dictionary of permissions")
    if "/DocMDP" in permissions:
        raise PdfError("The PDF is certified: no other signature may be added.")
    if not certify:
        return
    form = file.dictionary(catalogue.get("/AcroForm", {}), "form")
    signed = integer(file.get(form.get("/SigFlags", 0)), "/SigFlags of the PDF") & 1
    if signed:
        raise PdfError("The PDF is signed already: only a first signature certifies.")
    catalogue["/Perms"] = {**permissions, "/DocMDP": signature}


def _first_page(file: PdfFile, catalogue: Dictionary) -> Ref:
    ref: Any = catalogue.get("/Pages")
    for _ in range(64):
        node = file.dictionary(ref, "pages")
        if "/Kids" not in node:
            if not isinstance(ref, Ref):
                break
            return ref
        kids = file.array(node["/Kids"], "pages")
        if not kids:
            break
        ref = kids[0]
    raise PdfError("The PDF has no page.")


def _add_to_form(file: PdfFile, update: Update, catalogue: Dictionary, widget: Ref, field_name: str) -> None:
    form = file.dictionary(catalogue.get("/AcroForm", {}), "form")
    fields = file.array(form.get("/Fields", []), "list of fields")
    for each in fields:
        if file.get(file.dictionary(each, "field").get("/T")) in _written(field_name):
            raise PdfError(f"The PDF already has a field named {field_name!r}.")
    form["/Fields"] = [*fields, widget]
    # Signatures exist, and the file may only be appended to (ISO 32000-1, 12.7.2).
    form["/SigFlags"] = 3
    existing = catalogue.get("/AcroForm")
    if isinstance(existing, Ref):
        update.put(existing, form)
    else:
        catalogue["/AcroForm"] = update.add(form)


def _written(name: str) -> tuple[Raw, ...]:
    """How a name may stand in a file: as we write it, or in plain brackets."""
    return text(name), Raw(b"(" + name.encode("latin-1", "replace") + b")")


def _tag(file: PdfFile, update: Update, catalogue: Dictionary, page: Ref, widget: Ref, tooltip: str) -> int:
    """Hang the widget into the structure; the answer is its place in the parent tree (ISO 32000-1, 14.7.4.4)."""
    tree_ref = catalogue["/StructTreeRoot"]
    tree = file.dictionary(tree_ref, "structure")
    top_ref, top = _top_element(file, tree)
    element = update.add(
        {
            "/Type": Name("/StructElem"),
            "/S": Name("/Form"),
            "/P": top_ref,
            "/Pg": page,
            "/Alt": text(tooltip),
            "/K": {"/Type": Name("/OBJR"), "/Obj": widget, "/Pg": page},
        }
    )
    kids = file.get(top.get("/K", []))
    top["/K"] = [*(kids if isinstance(kids, list) else [top["/K"]]), element]
    update.put(top_ref, top)
    key = _next_key(file, tree)
    tree["/ParentTreeNextKey"] = key + 1
    parents = file.dictionary(tree.get("/ParentTree", {}), "parent tree")
    _add_parent(file, update, parents, key, element)
    if isinstance(tree.get("/ParentTree"), Ref):
        update.put(tree["/ParentTree"], parents)
    else:
        tree["/ParentTree"] = parents
    update.put(tree_ref, tree)
    return key


def _top_element(file: PdfFile, tree: Dictionary) -> tuple[Ref, Dictionary]:
    """The element that holds the document."""
    kids = tree.get("/K")
    first = file.get(kids)
    ref = first[0] if isinstance(first, list) and first else kids
    if not isinstance(ref, Ref):
        raise PdfError("The structure of the PDF holds no document.")
    return ref, file.dictionary(ref, "structure element")


def _next_key(file: PdfFile, tree: Dictionary) -> int:
    if "/ParentTreeNextKey" not in tree:
        raise PdfError("The structure of the PDF does not say its next key.")
    return integer(file.get(tree["/ParentTreeNextKey"]), "/ParentTreeNextKey of the PDF")


def _add_parent(file: PdfFile, update: Update, parents: Dictionary, key: int, element: Ref) -> None:
    if "/Kids" in parents:
        leaf = update.add({"/Limits": [key, key], "/Nums": [key, element]})
        parents["/Kids"] = [*file.array(parents["/Kids"], "parent tree"), leaf]
    else:
        parents["/Nums"] = [*file.array(parents.get("/Nums", []), "parent tree"), key, element]
