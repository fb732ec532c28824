"""Font obfuscation: harmless, but it looks like copy protection. The fonts go, and their `encryption.xml` with them."""

from bookpost.convert.check.repair.draft import Draft
from bookpost.convert.check.report import Report
from bookpost.convert.check.wellformed import parse
from bookpost.dom import Element

ENCRYPTION = "META-INF/encryption.xml"
_ENC = "{http://www.w3.org/2001/04/xmlenc#}"
_MANGLED = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")


def drop_font_obfuscation(draft: Draft) -> None:
    """Leave out the obfuscated fonts and `encryption.xml`; a book whose text is encrypted stays as it is."""
    data = draft.read(ENCRYPTION) if ENCRYPTION in draft else None
    root = parse(data, ENCRYPTION, Report()) if data else None
    if root is None:
        return
    entries = list(root.iter(f"{_ENC}EncryptedData"))
    if not all(_is_font_mangling(entry) for entry in entries):
        return
    for entry in entries:
        for reference in entry.iter(f"{_ENC}CipherReference"):
            draft.drop(str(reference.get("URI", "")))
    draft.dropped.add(ENCRYPTION)


def _is_font_mangling(entry: Element) -> bool:
    return any(method.get("Algorithm") in _MANGLED for method in entry.iter(f"{_ENC}EncryptionMethod"))
