"""What can be wrong: each error has a machine code (`code`) and a sentence; nothing else leaves the library."""

from __future__ import annotations


class SealError(Exception):
    """Root of all errors of this library."""

    code = "malformed"


class NotASealError(SealError):
    """The first byte is not 0xDC: some other code was scanned."""

    code = "not_a_seal"


class UnsupportedVersionError(SealError):
    """A seal of a header version other than 2 and 3."""

    code = "unsupported_version"


class UnknownCategoryError(SealError):
    """Feature definition and category name no document type that this library knows."""

    code = "unknown_category"


class TruncatedError(SealError):
    """The bytes end before what a length announced."""

    code = "truncated"


class LengthError(SealError):
    """A length is written in more bytes than needed, or in a form that the format does not have."""

    code = "bad_length"


class TrailingBytesError(SealError):
    """Something follows the signature."""

    code = "trailing_bytes"


class RepeatedTagError(SealError):
    """A tag occurs twice: readers could disagree on which value counts."""

    code = "repeated_tag"


class BadDateError(SealError):
    """A date that no calendar has."""

    code = "bad_date"


class DatesOutOfOrderError(SealError):
    """Signed before it was issued, or valid until before valid from."""

    code = "dates_out_of_order"


class CharacterError(SealError):
    """A character the place does not allow: C40 outside its set, text that is no UTF-8, control characters."""

    code = "bad_character"


class HeaderError(SealError):
    """Country, signer or certificate reference are not of the form the header has."""

    code = "bad_header"


class MissingSignatureError(SealError):
    """Header and messages only, no signature."""

    code = "missing_signature"


class SignatureFormError(SealError):
    """The signature is not r and s of equal length on a curve of 224 to 521 bits."""

    code = "bad_signature_form"


class ProfileError(SealError):
    """A profile cannot be read, or a seal or its values do not fit the profile."""

    code = "profile"


class UnknownProfileError(ProfileError):
    """No profile with this number."""

    code = "unknown_profile"


class SigningKeyError(SealError):
    """A key, token or certificate cannot be used."""

    code = "key"


class CarrierError(SealError):
    """A link or an image holds no seal, or a seal does not fit a code."""

    code = "carrier"


class TokenError(SealError):
    """A trust list or a status list cannot be trusted: form, signature, chain or time."""

    code = "token"


class PdfError(SealError):
    """A PDF that cannot be signed."""

    code = "pdf"
