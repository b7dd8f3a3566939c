"""Makes a stranger's photo anew, in a process of its own, which may use little and knows nothing.

    python -m karnameh.field.file_reader photo|voice < FILE

A photo is decoded, turned upright, made at most 1600 dots wide or high and encoded as JPEG: nothing of
the file that was sent survives but its picture. Position, camera, comments and anything hidden behind
the picture are gone. A voice note cannot be made anew without a codec; it is let through only when it
is the container that browsers record, and is never shown as anything but sound.
"""

from __future__ import annotations

import base64
import io
import sys
import warnings

from karnameh.plumbing.confined import Refused, limit_this_process, say

MEMORY, SECONDS = 640 * 2**20, 20
DOTS = 50_000_000  # of a decoded picture: a phone's camera has less
EDGE = 1600
_FORMATS = ("JPEG", "PNG", "WEBP")
_WEBM, _OGG = b"\x1a\x45\xdf\xa3", b"OggS"


def photo(data: bytes) -> dict[str, object]:
    """The picture as a fresh JPEG. Raises `Refused`."""
    from PIL import Image, ImageFile, ImageOps

    ImageFile.LOAD_TRUNCATED_IMAGES = False
    Image.MAX_IMAGE_PIXELS = DOTS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as opened:
            if opened.width * opened.height > DOTS:
                raise Refused("photo_too_many_dots")
            if opened.format == "JPEG":
                opened.draft("RGB", (EDGE, EDGE))
            upright = ImageOps.exif_transpose(opened)
            upright.thumbnail((EDGE, EDGE))
            clean = Image.new("RGB", upright.size, "white")
            if "A" in upright.getbands() or "transparency" in upright.info:
                layer = upright.convert("RGBA")
                clean.paste(layer, mask=layer.getchannel("A"))
            else:
                clean.paste(upright.convert("RGB"))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refused("photo_too_many_dots") from None
    except MemoryError:
        raise Refused("takes_too_much") from None
    except Refused:
        raise
    except Exception:  # whatever a decoder of hostile bytes comes upon
        raise Refused("photo_unreadable") from None
    out = io.BytesIO()
    clean.save(out, "JPEG", quality=80, optimize=True)
    return {
        "file": base64.b64encode(out.getvalue()).decode(),
        "width": clean.width,
        "height": clean.height,
    }


def voice(data: bytes) -> dict[str, object]:
    """The sound as it was sent, if it is a recording of a browser. Raises `Refused`."""
    webm = data.startswith(_WEBM) and b"webm" in data[:64]
    if not (webm or data.startswith(_OGG)) or not (
        b"OpusHead" in data[:4096] or b"A_OPUS" in data[:4096]
    ):
        raise Refused("voice_unreadable")
    if b"V_" in data[:4096]:  # a track of pictures
        raise Refused("voice_unreadable")
    return {"file": base64.b64encode(data).decode(), "width": 0, "height": 0}


def main() -> None:
    """Read the file from standard input and say what came of it."""
    limit_this_process(memory=MEMORY, seconds=SECONDS)
    data = sys.stdin.buffer.read()
    try:
        say({"photo": photo, "voice": voice}[sys.argv[1]](data))
    except Refused as refused:
        say({"refused": refused.code})
    except MemoryError:
        say({"refused": "takes_too_much"})


if __name__ == "__main__":
    main()
