# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Pictures as Bluesky takes them: small enough, and without what cameras write into them."""
import io

from PIL import Image

from odoo.exceptions import UserError
from odoo.tools.image import ImageProcess

from odoo.addons.social_crm_base.exceptions import PermanentError

from . import const

QUALITIES = (90, 80, 70, 60, 45)
AS_THEY_ARE = ("image/png", "image/gif")  # no place in them is told by a camera


def prepared(media):
    """A picture's bytes, type and size.

    :param OutMedia media:
    :return: bytes, MIME type, width and height in pixels
    :rtype: tuple[bytes, str, int, int]
    :raise PermanentError: when it is no picture, or cannot be made small enough
    """
    if media.mimetype in AS_THEY_ARE and len(media.content) <= const.MAX_IMAGE_BYTES:
        return media.content, media.mimetype, *_size(media.content)
    for quality in QUALITIES:
        content = _processed(media.content, quality)
        if len(content) <= const.MAX_IMAGE_BYTES:
            return content, "image/jpeg", *_size(content)
    raise PermanentError("the picture cannot be made small enough")


def _processed(content, quality):
    try:
        process = ImageProcess(content)
        if not process.image:
            raise PermanentError("this is no picture")
        process.resize(const.IMAGE_SIDE, const.IMAGE_SIDE)
        return process.image_quality(quality=quality, output_format="JPEG")
    except (UserError, OSError, ValueError) as error:
        raise PermanentError("the picture cannot be read") from error


def _size(content):
    try:
        with Image.open(io.BytesIO(content)) as picture:
            return picture.size
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        raise PermanentError("the picture cannot be read") from error
