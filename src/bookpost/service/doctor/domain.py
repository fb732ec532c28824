"""Looks at the domain that mail comes from: may the provider send for it, and does it sign with the domain's own key?

Amazon asks for every document whether it was really you ("verify") when neither SPF nor DKIM speaks for the From domain.
What DNS does not answer in time is not known, and no fault.
"""

from collections.abc import Callable, Iterator, Sequence

from bookpost.service.doctor.diagnosis import Diagnosis
from bookpost.service.providers import Provider, provider_of

Lookup = Callable[[str], Sequence[str] | None]
"""A name's TXT records; () when there is none, None when DNS did not answer."""
_SECONDS = 3.0


def domain(sender: str, provider: Provider | None, lookup: Lookup) -> Iterator[Diagnosis]:
    """SPF, DKIM and DMARC of the sender's domain, as far as they can be seen from outside."""
    name = sender.rpartition("@")[2].lower()
    subject = f"domain {name}"
    owner = provider_of(sender)
    if owner and provider and owner.name != provider.name:
        seen = f"it is {owner.label}'s, but mail is sent through {provider.label}: no signature fits it"
        yield Diagnosis(subject, "warning", seen, f"send through {owner.label}, or from an address of your own domain")
        return
    if owner:
        yield Diagnosis(subject, "ok", f"{owner.label} signs for its own addresses")
        return
    texts = lookup(name)
    if texts is None:
        yield Diagnosis(subject, "note", "SPF, DKIM and DMARC are not known: DNS does not answer")
        return
    spf = next((text for text in texts if text.lower().startswith("v=spf1")), None)
    signed = _selector(name, provider, lookup)
    seen = f"SPF: {spf or 'none'}; DKIM: {signed or 'not known'}; DMARC: {_dmarc(name, lookup)}"
    if signed or (spf and _speaks_for(spf, provider)):
        yield Diagnosis(subject, "ok", seen)
    elif spf and (provider is None or provider.spf is None):
        yield Diagnosis(subject, "note", seen, "look whether the SPF record names your mail server")
    else:
        remedy = "let your provider's help page tell you the SPF and DKIM records; without them Amazon asks you to verify each document"
        yield Diagnosis(subject, "warning", seen, remedy)


def dns_lookup(name: str) -> Sequence[str] | None:
    """TXT records by this machine's resolver, within three seconds."""
    import dns.exception
    import dns.resolver

    try:
        answer = dns.resolver.resolve(name, "TXT", lifetime=_SECONDS)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return ()
    except (dns.exception.DNSException, OSError):
        return None
    return tuple(b"".join(record.strings).decode("ascii", "replace") for record in answer)


def _speaks_for(spf: str, provider: Provider | None) -> bool:
    return provider is not None and provider.spf is not None and provider.spf in spf.lower()


def _selector(name: str, provider: Provider | None, lookup: Lookup) -> str | None:
    """Where the domain publishes a key for the provider, if it does."""
    for selector in provider.dkim if provider else ():
        if any("p=" in text for text in lookup(f"{selector}._domainkey.{name}") or ()):
            return f"key at `{selector}`"
    return None


def _dmarc(name: str, lookup: Lookup) -> str:
    texts = lookup(f"_dmarc.{name}")
    if texts is None:
        return "not known"
    return next((text for text in texts if text.lower().startswith("v=dmarc1")), "none")
