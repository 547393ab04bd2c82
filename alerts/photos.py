"""Photos of a report: decoded and written anew, without their place or anything else.

What is uploaded is never stored. It is measured before it is decoded, decoded as one of
three formats, turned upright, made smaller, and written as a JPEG of its pixels alone.
"""

import hashlib
import io
import struct
import uuid
import warnings
from collections.abc import Sequence
from typing import IO, NamedTuple

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from accounts.models import AccessEntry, User
from accounts.reads import record_change

from .models import IncidentReport, Photo

FORMATS = ("JPEG", "PNG", "WEBP")
MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 50_000_000
MAX_PHOTOS = 10
LONGEST_SIDE = 2048
QUALITY = 85
# Modes that are made smaller as they are; others become one of these first.
PLAIN_MODES = ("L", "RGB", "RGBA", "CMYK")
FOLDER = "alerts"
# Whatever else opens an image in this process: too many pixels are an error.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)


class Rewritten(NamedTuple):
    """A photo as it is stored: JPEG without metadata; `digest` of what was uploaded."""

    data: bytes
    width: int
    height: int
    digest: str


def rewrite(file: UploadedFile) -> Rewritten:
    """Return the photo in `file` written anew; its name is never looked at.

    Costs at most the memory of MAX_PIXELS. Raises ValidationError when it is too
    large, or none of FORMATS, or broken.
    """
    if file.size > MAX_BYTES:
        raise ValidationError(_("larger than 10 MB"), code="bytes")
    digest = hashlib.file_digest(file.file, "sha256").hexdigest()
    try:
        _require_few_pixels(_webp_size(file.file))
        file.file.seek(0)
        with Image.open(file.file, formats=FORMATS) as image:
            _require_few_pixels(image.size)
            pixels = _pixels(image)
    except ValidationError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels() from error
    # Pillow's decoders raise all sorts of errors for files that are broken on purpose.
    except Exception as error:  # noqa: BLE001
        raise ValidationError(
            _("not a photo that can be read (JPEG, PNG or WebP)"), code="format"
        ) from error
    out = io.BytesIO()
    pixels.save(out, "JPEG", quality=QUALITY)
    return Rewritten(out.getvalue(), *pixels.size, digest)


def _too_many_pixels() -> ValidationError:
    return ValidationError(_("more than 50 million pixels"), code="pixels")


def _require_few_pixels(size: tuple[int, int]) -> None:
    if size[0] * size[1] > MAX_PIXELS:
        raise _too_many_pixels()


def _webp_size(file: IO[bytes]) -> tuple[int, int]:
    """Return the size that the header of a WebP file names; (0, 0) for other files.

    Pillow makes room for all its pixels already while opening such a file.
    """
    file.seek(0)
    head = file.read(30)
    if len(head) < 30 or head[:4] != b"RIFF" or head[8:12] != b"WEBP":
        return 0, 0
    if head[12:16] == b"VP8X":
        width, height = head[24:27], head[27:30]
        return int.from_bytes(width, "little") + 1, int.from_bytes(height, "little") + 1
    if head[12:16] == b"VP8L":
        bits = int.from_bytes(head[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    width, height = struct.unpack("<HH", head[26:30])
    return width & 0x3FFF, height & 0x3FFF


def _pixels(image: Image.Image) -> Image.Image:
    """Return the first picture of `image`, upright, small, and nothing but pixels."""
    if image.mode not in PLAIN_MODES:
        image = image.convert("RGBA")
    # JPEGs are decoded no larger than this needs.
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE), reducing_gap=2.0)
    image = ImageOps.exif_transpose(image)
    # A new image: saving the old one would write along what its `info` holds.
    plain = Image.new("RGB", image.size, "white")
    plain.paste(image.convert("RGB"), mask=_opacity(image))
    return plain


def _opacity(image: Image.Image) -> Image.Image | None:
    return image.getchannel("A") if image.mode == "RGBA" else None


def add_photos(
    *, report: IncidentReport, files: Sequence[UploadedFile], actor: User
) -> tuple[int, list[str]]:
    """Store the photos that can be; return their number, and what is wrong with others.

    The messages say which photo by its place in the list, never by the file's name.
    The same photo sent again is stored once, and counted as added.
    """
    if not files:
        return 0, [_("Choose a photo.")]
    found: list[Rewritten] = []
    problems: list[str] = []
    for place, file in enumerate(files[:MAX_PHOTOS], start=1):
        try:
            found.append(rewrite(file))
        except ValidationError as error:
            text = _("Photo %(place)d was not added: %(why)s.")
            problems.append(text % {"place": place, "why": error.messages[0]})
    if len(files) > MAX_PHOTOS:
        problems.append(_too_many())
    stored, refusals = _store(report, found, actor)
    return stored, problems + refusals


def _too_many() -> str:
    return _("A report has at most %(n)d photos.") % {"n": MAX_PHOTOS}


def _store(
    report: IncidentReport, found: Sequence[Rewritten], actor: User
) -> tuple[int, list[str]]:
    """Store files and rows; a file without a row is swept away by `erase_expired`."""
    written: list[str] = []
    try:
        with transaction.atomic():
            rows = IncidentReport.objects.select_for_update(of=("self",))
            if rows.get(pk=report.pk).erased_at:
                return 0, [_("The personal data of this report is erased.")]
            known = set(report.photos.values_list("pk", flat=True))
            for stored, one in enumerate(found):
                key = _key(report, one)
                if key in known:
                    continue
                if len(known) >= MAX_PHOTOS:
                    return stored, [_too_many()]
                known.add(key)
                written.append(_store_one(report, key, one, actor))
    except BaseException:
        for name in written:
            default_storage.delete(name)
        raise
    return len(found), []


def _key(report: IncidentReport, photo: Rewritten) -> uuid.UUID:
    """Return the key of a photo: the same for the same file sent once more."""
    value = f"{report.pk} {photo.digest}"
    return uuid.UUID(
        bytes=salted_hmac("alerts.photo", value, algorithm="sha256").digest()[:16]
    )


def _store_one(
    report: IncidentReport, key: uuid.UUID, photo: Rewritten, actor: User
) -> str:
    row = Photo(
        pk=key,
        report=report,
        width=photo.width,
        height=photo.height,
        added_at=timezone.now(),
        added_by=actor,
    )
    row.file.save("photo.jpg", ContentFile(photo.data), save=False)
    row.save(force_insert=True)
    return row.file.name


@transaction.atomic
def delete_photo(*, photo: Photo, actor: User) -> None:
    """Delete a photo and its file; that somebody did so stays in the log."""
    name, report = photo.file.name, photo.report
    photo.delete()
    record_change(
        user=actor,
        action=AccessEntry.Action.ERASE,
        subject=report,
        reason=_("A photo was deleted."),
    )
    transaction.on_commit(lambda: default_storage.delete(name))
