"""Photos: measured before decoding, stored without their place, served to few."""

import io
import resource
import struct
import time
import zlib

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from accounts.models import AccessEntry
from alerts.models import Photo
from alerts.photos import LONGEST_SIDE, MAX_BYTES, MAX_PHOTOS, rewrite
from tests.alerts.factories import IncidentReportFactory, PhotoFactory

pytestmark = pytest.mark.django_db
CANARY = b"canary-in-the-file"
GPS, ORIENTATION, MAKE = 0x8825, 0x0112, 0x010F
MEGABYTE = 1024 * 1024


def picture(format="JPEG", mode="RGB", size=(40, 20), colour=None, **options):
    """Return a picture as bytes."""
    out = io.BytesIO()
    Image.new(mode, size, colour or 0).save(out, format, **options)
    return out.getvalue()


def located(orientation=1):
    """Return a JPEG that says where and with what it was taken."""
    exif = Image.Exif()
    exif[MAKE], exif[ORIENTATION] = CANARY.decode(), orientation
    exif.get_ifd(GPS).update({1: "N", 2: (35.0, 41.0, 22.0), 29: "2026:11:24"})
    return picture(exif=exif, comment=CANARY, icc_profile=CANARY, xmp=CANARY)


def upload(data, name="見本花子の家.jpg"):
    return SimpleUploadedFile(name, data, content_type="image/jpeg")


def opened(photo):
    return Image.open(io.BytesIO(photo.data))


def add(client, report, *files, **data):
    url = reverse("alerts:photo_add", args=[report.pk])
    return client.post(url, {"photos": [upload(file) for file in files], **data})


def texts(page):
    return [str(message) for message in page.context["messages"]]


def png_header(width, height):
    """Return a PNG that claims a size, without the pixels."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(b"\0")), (b"IEND", b"")]
    found = b"\x89PNG\r\n\x1a\n"
    for kind, data in chunks:
        crc = zlib.crc32(kind + data)
        found += struct.pack(">I", len(data)) + kind + data + struct.pack(">I", crc)
    return found


def webp_header(width, height):
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBPVP8X" + struct.pack("<I", 10) + b"\x02\0\0\0" + size
    animation = b"ANIM" + struct.pack("<I", 6) + b"\0" * 6
    return b"RIFF" + struct.pack("<I", len(body + animation)) + body + animation


def webp_lossless_header(width, height):
    bits = (width - 1) | (height - 1) << 14
    body = b"WEBPVP8L" + struct.pack("<I", 20) + b"\x2f" + bits.to_bytes(4, "little")
    return b"RIFF" + struct.pack("<I", len(body) + 15) + body + b"\0" * 15


def jpeg_header(width, height):
    data = bytearray(picture())
    where = data.index(b"\xff\xc0") + 5
    data[where : where + 4] = struct.pack(">HH", height, width)
    return bytes(data)


def test_place_camera_and_every_other_byte_beside_pixels_are_gone():
    photo = rewrite(upload(located() + CANARY))
    image = opened(photo)
    assert image.format == "JPEG"
    assert not image.getexif()
    assert CANARY not in photo.data
    assert not {"exif", "comment", "icc_profile", "xmp"} & set(image.info)


def test_turned_photo_stands_upright():
    photo = rewrite(upload(located(orientation=6)))
    assert (photo.width, photo.height) == opened(photo).size == (20, 40)


def test_large_photo_is_made_smaller_and_a_small_one_is_not_enlarged():
    large = rewrite(upload(picture(size=(5000, 2500))))
    assert (large.width, large.height) == (LONGEST_SIDE, LONGEST_SIDE // 2)
    small = rewrite(upload(picture(size=(40, 20))))
    assert (small.width, small.height) == (40, 20)


@pytest.mark.parametrize(
    ("format", "mode"),
    [
        ("PNG", "RGBA"),
        ("PNG", "P"),
        ("PNG", "1"),
        ("PNG", "LA"),
        ("PNG", "I;16"),
        ("JPEG", "L"),
        ("JPEG", "CMYK"),
        ("WEBP", "RGBA"),
    ],
)
def test_every_kind_of_picture_becomes_plain_colour(format, mode):
    assert opened(rewrite(upload(picture(format, mode)))).mode == "RGB"


def test_transparent_becomes_white():
    photo = rewrite(upload(picture("PNG", "RGBA", colour=(9, 9, 9, 0))))
    assert opened(photo).getpixel((0, 0)) == (255, 255, 255)


@pytest.mark.parametrize("format", ["PNG", "WEBP"])
def test_of_a_moving_picture_the_first_is_kept(format):
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    out = io.BytesIO()
    options = {"save_all": True, "append_images": frames[1:], "lossless": True}
    frames[0].save(out, format, **options)
    photo = rewrite(upload(out.getvalue()))
    red, _green, blue = opened(photo).getpixel((4, 4))
    assert red > 200 > 60 > blue


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>",
        b"<!doctype html><script>alert(1)</script>",
        b"%PDF-1.7",
        picture("GIF"),
        picture("BMP"),
        picture("TIFF"),
        picture(size=(400, 400))[:-200],
        picture()[:20],
        picture("PNG")[:50],
        picture("WEBP")[:25],
        b"RIFF\x10\0\0\0WEBPVP8X",
        b"\xff\xd8\xff\xe0" + b"\0" * 100,
    ],
)
def test_what_is_no_photo_is_refused(data):
    with pytest.raises(ValidationError) as caught:
        rewrite(upload(data))
    assert caught.value.code == "format"


def test_file_that_is_photo_and_page_at_once_becomes_a_photo_alone():
    photo = rewrite(upload(picture(comment=b"<script>alert(1)</script>") + b"<html>"))
    assert b"<script>" not in photo.data
    assert b"<html>" not in photo.data


def test_size_is_refused_before_the_file_is_opened(monkeypatch):
    monkeypatch.setattr(Image, "open", None)
    with pytest.raises(ValidationError) as caught:
        rewrite(upload(b"\0" * (MAX_BYTES + 1)))
    assert caught.value.code == "bytes"


@pytest.mark.parametrize(
    "data",
    [
        png_header(100_000, 100_000),
        png_header(7_100, 7_100),
        webp_header(16_384, 16_384),
        webp_lossless_header(16_384, 16_384),
        jpeg_header(65_500, 65_500),
        jpeg_header(7_100, 7_100),
    ],
)
def test_too_many_pixels_are_refused_at_once_without_making_room(data, monkeypatch):
    monkeypatch.setattr(Image.Image, "thumbnail", None)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun = time.monotonic()
    with pytest.raises(ValidationError) as caught:
        rewrite(upload(data))
    assert caught.value.code == "pixels"
    assert time.monotonic() - begun < 1
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert (after - before) / 1024 < 150


def test_several_photos_are_added_and_the_same_twice_is_one(staff, workplace):
    report = IncidentReportFactory(workplace=workplace)
    add(staff, report, picture(), picture("PNG"))
    add(staff, report, picture())
    photos = report.photos.all()
    assert len(photos) == 2
    assert {photo.added_by for photo in photos} == {staff.user}
    assert all(default_storage.exists(f"alerts/{photo.pk}.jpg") for photo in photos)


def test_broken_one_is_named_by_its_place_and_the_others_are_kept(staff, workplace):
    report = IncidentReportFactory(workplace=workplace)
    answer = add(staff, report, picture(), b"<html>")
    page = staff.get(answer.url)
    assert report.photos.count() == 1
    assert any("2" in text for text in texts(page))
    assert "花子" not in page.text + answer.url


def test_report_has_at_most_ten_photos(staff, workplace):
    report = IncidentReportFactory(workplace=workplace)
    PhotoFactory.create_batch(MAX_PHOTOS - 1, report=report)
    add(staff, report, picture("PNG"), picture("WEBP"))
    assert report.photos.count() == MAX_PHOTOS


def test_nothing_chosen_is_explained(staff, workplace):
    report = IncidentReportFactory(workplace=workplace)
    assert texts(staff.get(add(staff, report).url))


def test_erased_report_takes_no_photo(officer):
    report = IncidentReportFactory(is_closed=True, is_erased=True)
    add(officer, report, picture())
    assert not report.photos.exists()


def test_coordinator_adds_to_what_was_just_sent_only(coordinator):
    foreign = IncidentReportFactory()
    mine = IncidentReportFactory(entered_by=coordinator.user)
    session = coordinator.session
    session["alerts.receipts"] = [mine.pk, foreign.pk]
    session.save()
    assert add(coordinator, mine, picture()).status_code == 302
    assert add(coordinator, foreign, picture()).status_code == 404
    assert coordinator.get(mine.photos.get().get_absolute_url()).status_code == 403


def test_photo_is_served_as_a_lone_picture_and_logged(staff, workplace):
    report = IncidentReportFactory(workplace=workplace)
    add(staff, report, located())
    answer = staff.get(report.photos.get().get_absolute_url())
    body = b"".join(answer.streaming_content)
    assert body.startswith(b"\xff\xd8")
    assert CANARY not in body
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["Content-Disposition"] == 'inline; filename="photo.jpg"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    entry = AccessEntry.objects.of(report).get()
    assert (entry.user, entry.action) == (staff.user, "photo")


def test_photo_of_another_workplace_is_not_there_and_not_logged(other_staff):
    photo = PhotoFactory()
    assert other_staff.get(photo.get_absolute_url()).status_code == 404
    assert not AccessEntry.objects.exists()


def test_missing_file_is_not_there(officer):
    photo = PhotoFactory()
    default_storage.delete(photo.file.name)
    assert officer.get(photo.get_absolute_url()).status_code == 404


def test_officer_deletes_a_photo_with_its_file_and_leaves_a_trace(
    officer, staff, django_capture_on_commit_callbacks
):
    photo = PhotoFactory(report__workplace=staff.user.workplace)
    url = reverse("alerts:photo_delete", args=[photo.pk])
    assert staff.post(url).status_code == 403
    with django_capture_on_commit_callbacks(execute=True):
        officer.post(url)
    assert not Photo.objects.exists()
    assert not default_storage.exists(photo.file.name)
    entry = AccessEntry.objects.of(photo.report).get()
    assert (entry.user, entry.action) == (officer.user, "erase")
    assert entry.reason
