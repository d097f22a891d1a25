"""The page of a connector that fails closed, in the visitor's language. Imported only when one is to be answered.

It has no script and nothing from elsewhere: the browser itself loads it again, and a style counts the seconds down.
"""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256

DEFAULT_LANGUAGE = "en"

TEXTS = {
    "en": (
        "One moment, please",
        "This page cannot be shown right now.",
        "We will try again in {} seconds.",
        "Try again now",
    ),
    "de": (
        "Einen Moment, bitte",
        "Diese Seite kann gerade nicht angezeigt werden.",
        "Nächster Versuch in {} Sekunden.",
        "Jetzt erneut versuchen",
    ),
    "fr": (
        "Merci de patienter un instant",
        "Cette page ne peut pas être affichée pour le moment.",
        "Nouvelle tentative dans {} secondes.",
        "Réessayer maintenant",
    ),
    "es": (
        "Un momento, por favor",
        "Esta página no se puede mostrar en este momento.",
        "Lo intentaremos de nuevo en {} segundos.",
        "Reintentar ahora",
    ),
    "it": (
        "Un momento, per favore",
        "Al momento questa pagina non può essere visualizzata.",
        "Nuovo tentativo tra {} secondi.",
        "Riprova ora",
    ),
    "nl": (
        "Een ogenblik geduld",
        "Deze pagina kan op dit moment niet worden weergegeven.",
        "We proberen het over {} seconden opnieuw.",
        "Nu opnieuw proberen",
    ),
    "da": ("Et øjeblik", "Siden kan ikke vises lige nu.", "Vi prøver igen om {} sekunder.", "Prøv igen nu"),
    "sv": (
        "Ett ögonblick",
        "Sidan kan inte visas just nu.",
        "Vi försöker igen om {} sekunder.",
        "Försök igen nu",
    ),
    "pt": (
        "Um momento, por favor",
        "Não é possível mostrar esta página neste momento.",
        "Tentaremos de novo em {} segundos.",
        "Tentar de novo agora",
    ),
    "ja": (
        "少々お待ちください",
        "現在、このページを表示できません。",
        "{}秒後に再試行します。",
        "今すぐ再試行",
    ),
}
"""By the primary language subtag: title, sentence, the wait with a place for the seconds, link."""

_LONGEST = 1_000  # characters of Accept-Language that are read
_WEIGHT = r"\s*(?:[qQ]=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)\s*)?"  # RFC 9110, section 12.4.2

# The last declaration of `content` keeps screen readers from a number that changes each second.
_STYLE = """
@property --s{syntax:"<integer>";inherits:false;initial-value:0}
@keyframes s{from{--s:SECONDS}to{--s:0}}
:root{color-scheme:light dark;--g:#fff;--i:#1b1f27;--a:#1a56db}
@media(prefers-color-scheme:dark){:root{--g:#14171d;--i:#eceff4;--a:#8ab4f8}}
body{font:1.1rem/1.5 system-ui,sans-serif;max-width:32rem;margin:18vh auto;padding:0 1rem}
body{background:var(--g);color:var(--i)}
h1{line-height:1.2}a{color:var(--a)}
b{font-size:0}b::after{font-size:1.1rem;counter-reset:s var(--s);animation:s SECONDSs linear forwards}
b::after{content:counter(s);content:counter(s)/""}
"""
_PAGE = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="{seconds}">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<main>
<h1>{title}</h1>
<p>{text}</p>
<p>{wait}</p>
<p><a href="">{link}</a></p>
</main>
</body>
</html>
"""


def language_of(accepted: str) -> str:
    """The language of the page by an Accept-Language header, of any content at all."""
    best, best_weight = DEFAULT_LANGUAGE, 0.0
    for one in accepted[:_LONGEST].split(","):
        tag, _, parameter = one.partition(";")
        language = tag.strip().partition("-")[0].lower()
        weight = re.fullmatch(_WEIGHT, parameter)
        if weight and language in TEXTS and (wanted := float(weight[1] or 1)) > best_weight:
            best, best_weight = language, wanted
    return best


def render(accepted: str, seconds: int) -> tuple[str, str, str]:
    """The page, its language and its Content-Security-Policy; the browser loads it again after `seconds`."""
    language = language_of(accepted)
    title, text, wait, link = TEXTS[language]
    style = _STYLE.replace("SECONDS", str(seconds))
    page = _PAGE.format(
        language=language,
        seconds=seconds,
        title=title,
        text=text,
        wait=wait.format(f"<b>{seconds}</b>"),
        link=link,
        style=style,
    )
    digest = b64encode(sha256(style.encode()).digest()).decode()
    return (
        page,
        language,
        f"default-src 'none'; base-uri 'none'; form-action 'none'; style-src 'sha256-{digest}'",
    )
