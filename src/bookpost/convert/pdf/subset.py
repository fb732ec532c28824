"""A font cut down to the characters of one book before it is used, by HarfBuzz.

A whole font costs twice: fontconfig reads it, and WeasyPrint, which keeps glyph numbers, makes an instance of every
glyph up to the last one used. Where HarfBuzz's library is not installed the font stays whole: only slower.
"""

import ctypes
from collections.abc import Iterable
from functools import cache

_NAMES = ("libharfbuzz-subset.so.0", "libharfbuzz-subset.0.dylib")
_READONLY = 1
_DROPPED_TABLES = 3
_LAYOUT_FEATURES = 6
"""`HB_MEMORY_MODE_READONLY` of hb-blob.h, `HB_SUBSET_SETS_DROP_TABLE_TAG` and `…_LAYOUT_FEATURE_TAG` of hb-subset.h."""

_FEATURES = ("lnum", "onum", "pnum", "tnum", "smcp")
"""Features that a style sheet may ask for (numerals, small capitals), beside those that HarfBuzz keeps by itself."""


def subset(font: bytes, characters: Iterable[str], *, without: Iterable[str] = ()) -> bytes:
    """The font with the glyphs of these characters and what its own rules make of them, without some of its tables.

    The font itself if that fails.
    """
    library = _library()
    if library is None:
        return font
    blob = library.hb_blob_create(font, len(font), _READONLY, None, None)
    face = library.hb_face_create(blob, 0)
    wanted = library.hb_subset_input_create_or_fail()
    codes = library.hb_subset_input_unicode_set(wanted)
    for character in sorted(characters):
        library.hb_set_add(codes, ord(character))
    features = library.hb_subset_input_set(wanted, _LAYOUT_FEATURES)
    dropped = library.hb_subset_input_set(wanted, _DROPPED_TABLES)
    for tags, numbers in ((_FEATURES, features), (without, dropped)):
        for tag in tags:
            library.hb_set_add(numbers, int.from_bytes(tag.encode(), "big"))
    cut = library.hb_subset_or_fail(face, wanted)
    result = _bytes(library, cut) if cut else font
    library.hb_subset_input_destroy(wanted)
    library.hb_face_destroy(face)
    library.hb_blob_destroy(blob)
    return result


def _bytes(library: ctypes.CDLL, face: int) -> bytes:
    blob = library.hb_face_reference_blob(face)
    length = ctypes.c_uint()
    data = library.hb_blob_get_data(blob, ctypes.byref(length))
    result = ctypes.string_at(data, length.value)
    library.hb_blob_destroy(blob)
    library.hb_face_destroy(face)
    return result


@cache
def _library() -> ctypes.CDLL | None:
    """libharfbuzz-subset, which brings libharfbuzz with it, with the types of the functions used here."""
    for name in _NAMES:
        try:
            library = ctypes.CDLL(name)
        except OSError:
            continue
        pointer, number = ctypes.c_void_p, ctypes.c_uint
        for function, result, arguments in (
            ("hb_blob_create", pointer, (ctypes.c_char_p, number, ctypes.c_int, pointer, pointer)),
            ("hb_blob_get_data", pointer, (pointer, ctypes.POINTER(number))),
            ("hb_blob_destroy", None, (pointer,)),
            ("hb_face_create", pointer, (pointer, number)),
            ("hb_face_reference_blob", pointer, (pointer,)),
            ("hb_face_destroy", None, (pointer,)),
            ("hb_set_add", None, (pointer, number)),
            ("hb_subset_input_create_or_fail", pointer, ()),
            ("hb_subset_input_unicode_set", pointer, (pointer,)),
            ("hb_subset_input_set", pointer, (pointer, ctypes.c_int)),
            ("hb_subset_input_destroy", None, (pointer,)),
            ("hb_subset_or_fail", pointer, (pointer, pointer)),
        ):
            found = getattr(library, function)
            found.restype, found.argtypes = result, arguments
        return library
    return None
