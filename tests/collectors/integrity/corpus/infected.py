"""Infected sites: families of offers × ways of hiding × ways of showing them to some visitors only. Hosts end in ``.example``."""

# ruff: noqa: E501 - one text, one line

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from html import escape
from itertools import cycle

from command_centre.domain.integrity import View
from tests.collectors.integrity.corpus import second
from tests.collectors.integrity.corpus.templates import ADDRESS, ORDINARY, TEMPLATES, Case, Parts, Truth, article

BOTS = (View.BOT, View.BOT_AGAIN)

FAMILIES: dict[str, tuple[tuple[str, str], ...]] = {
    "slot": (
        ("slot gacor hari ini", "https://rajaslot77.example/gacor"),
        ("situs slot resmi server thailand", "https://mega-gacor.example/"),
        ("slot depo 10k bonus new member 100", "https://rajaslot77.example/promo/depo-10k"),
        ("rtp live slot tertinggi", "https://polarung.example/rtp-live"),
        ("bocoran pola slot maxwin", "https://polarung.example/pola"),
        ("akun pro kamboja", "https://akunvip.example/akun-pro"),
    ),
    "togel": (
        ("bandar togel terpercaya", "https://kudatoto4d.example/"),
        ("prediksi togel hk malam ini", "https://syair-hk.example/prediksi-hk"),
        ("live draw sgp tercepat", "https://syair-hk.example/live-draw-sgp"),
        ("toto macau 4d hadiah terbesar", "https://kudatoto4d.example/toto-macau"),
        ("keluaran sdy hari ini", "https://datakeluaran.example/sdy"),
    ),
    "kasino": (
        ("agen sbobet resmi", "https://bolasbobet.example/"),
        ("live casino online terpercaya", "https://royalkasino.example/live"),
        ("judi bola online mix parlay", "https://bolasbobet.example/parlay"),
        ("baccarat online uang asli", "https://royalkasino.example/baccarat"),
    ),
    "kartu": (
        ("poker online deposit pulsa", "https://pokerceria.example/"),
        ("dominoqq pkv games", "https://pkvceria.example/dominoqq"),
        ("bandarqq online terpercaya", "https://pkvceria.example/bandarqq"),
    ),
    "permainan": (
        ("gates of olympus x1000", "https://dewazeus.example/olympus"),
        ("mahjong ways 2 scatter hitam", "https://dewazeus.example/mahjong-ways"),
        ("demo slot pragmatic play", "https://demo-pp.example/slot-demo"),
        ("starlight princess 1000 maxwin", "https://dewazeus.example/starlight"),
    ),
    "inggris": (
        ("best online casino real money", "https://luckycasino.example/"),
        ("no deposit bonus casino free spins", "https://luckycasino.example/free-spins"),
        ("online slots real money", "https://spinslots.example/"),
    ),
}
COPY: dict[str, str] = {
    "slot": "Selamat datang di RAJASLOT77, situs slot gacor terpercaya server Thailand. Nikmati bonus new member 100%, deposit dana tanpa "
    "potongan, RTP live hari ini 98%, dan jackpot maxwin setiap hari. Daftar akun slot gacor sekarang, link alternatif anti nawala.",
    "togel": "KUDATOTO4D bandar togel online resmi dengan hadiah 4D terbesar dan diskon togel. Pasaran terlengkap: toto macau, hongkong "
    "pools, live draw sgp, data keluaran sdy. Minimal deposit 10rb, berapapun kemenangan pasti dibayar lunas.",
    "kasino": "Agen judi bola online terpercaya dan live casino 24 jam: sbobet, baccarat, roulette, sicbo. Mix parlay hari ini, bonus "
    "cashback mingguan, bonus deposit harian, withdraw cepat tanpa ribet.",
    "kartu": "Situs poker online uang asli dan pkv games: dominoqq, bandarqq, capsa susun, ceme keliling. Deposit pulsa tanpa potongan, "
    "bonus rollingan harian, login poker online lewat link alternatif resmi.",
    "permainan": "Main slot demo pragmatic play dan pg soft gratis anti lag: gates of olympus, sweet bonanza, mahjong ways 2, scatter hitam "
    "gampang maxwin. Pola gacor dan jam hoki diperbarui setiap hari, bet 200 perak bisa maxwin.",
    "inggris": "Play at the best online casino for real money. No deposit bonus, free spins, online slots, blackjack and sports betting "
    "sites with instant withdrawals. Join the top online casino today.",
}


def links(family: str) -> str:
    """A block of links as spammers write it."""
    return " ".join(f'<a href="{address}">{text}</a>' for text, address in FAMILIES[family])


HIDINGS: dict[str, Callable[[str], tuple[str, str]]] = {
    # name: block -> (head, block as hidden)
    "visible": lambda block: ("", f'<div class="post-content"><h3>Rekomendasi</h3><p>{block}</p></div>'),
    "display_none": lambda block: ("", f'<div style="display:none">{block}</div>'),
    "visibility": lambda block: ("", f'<p style="visibility: hidden;">{block}</p>'),
    "offscreen": lambda block: ("", f'<div style="position:absolute; left:-9999px; top:0">{block}</div>'),
    "offscreen_top": lambda block: ("", f'<span style="position:fixed;top:-3000px">{block}</span>'),
    "text_indent": lambda block: ("", f'<div style="text-indent:-9999em">{block}</div>'),
    "font_zero": lambda block: ("", f'<div style="font-size:0px;line-height:0">{block}</div>'),
    "font_one": lambda block: ("", f'<div style="font-size:1px">{block}</div>'),
    "opacity": lambda block: ("", f'<div style="opacity:0;filter:alpha(opacity=0)">{block}</div>'),
    "zero_box": lambda block: ("", f'<div style="width:0;height:0;overflow:hidden">{block}</div>'),
    "max_height": lambda block: ("", f'<div style="max-height:1px;overflow:hidden">{block}</div>'),
    "white": lambda block: ("", f'<div style="background:#fff"><p style="color:#fff">{block}</p></div>'),
    "near_white": lambda block: ("", f'<div style="background-color:#ffffff;color:#fefefe">{block}</div>'),
    "class_rule": lambda block: ("<style>.kx9{position:absolute;left:-5000px}</style>", f'<div class="kx9">{block}</div>'),
    "id_rule": lambda block: ("<style>#z1 {display : none !important}</style>", f'<div id="z1">{block}</div>'),
    "attribute": lambda block: ("", f"<div hidden>{block}</div>"),
    "noscript": lambda block: ("", f"<noscript>{block}</noscript>"),
    "html_comment": lambda block: ("", f"<!-- {block} -->"),
    "marquee": lambda block: ("", f'<marquee width="1" height="0" scrollamount="99">{block}</marquee>'),
    "clip": lambda block: ("", f'<div style="position:absolute;clip:rect(0,0,0,0)">{block}</div>'),
    "scale": lambda block: ("", f'<div style="transform:scale(0)">{block}</div>'),
    "template": lambda block: ("", f"<template>{block}</template>"),
    "nested": lambda block: ("", f'<div style="overflow:hidden;height:0"><ul><li><span>{block}</span></li></ul></div>'),
}


def _hidden_links() -> Iterator[Case]:
    families, templates = cycle(FAMILIES), cycle(TEMPLATES)
    for name, hide in HIDINGS.items():
        family, template = next(families), next(templates)
        head, block = hide(links(family))
        page = template(Parts(main="".join(ORDINARY[:2]), head=head, footer=block))
        yield Case(f"links {name} {family}", Truth.INFECTED, {"/": page})


def _single_hidden_link() -> Iterator[Case]:
    for number, (text, address) in enumerate((FAMILIES["slot"][0], FAMILIES["togel"][0], FAMILIES["kasino"][1])):
        block = f'<div style="display:none"><a href="{address}">{text}</a></div>'
        yield Case(f"one hidden link {number}", Truth.INFECTED, {"/": TEMPLATES[number](Parts(main=ORDINARY[0], footer=block))})


def _texts() -> Iterator[Case]:
    for number, (family, copy) in enumerate(COPY.items()):
        template = TEMPLATES[number % 5]
        visible = template(Parts(main=ORDINARY[0] + article("Info Terbaru", copy, copy.upper())))
        hidden = template(Parts(main=ORDINARY[1], footer=f'<div style="height:0;overflow:hidden">{copy}</div>'))
        yield Case(f"visible text {family}", Truth.INFECTED, {"/": visible})
        yield Case(f"hidden text {family}", Truth.INFECTED, {"/": hidden})


def _heads() -> Iterator[Case]:
    main = "".join(ORDINARY[1:3])
    bad = "RAJASLOT77: Situs Slot Gacor Hari Ini Gampang Maxwin"
    told = escape(COPY["slot"])
    yield _one("title", 1, Parts(main=main, title=f"{bad} - BKPSDM Kota Bontang"))
    yield _one("title short", 2, Parts(main=main, title="Slot Gacor Hari Ini - Kecamatan Bontang Barat"))
    yield _one("title togel", 4, Parts(main=main, title="Bandar Togel Online Resmi Hadiah 4D Terbesar"))
    yield _one("description", 0, Parts(main=main, description=COPY["togel"]))
    yield _one(
        "og",
        0,
        Parts(main=main, head=f'<meta property="og:title" content="{bad}"><meta property="og:description" content="{told}">'),
    )
    yield _one(
        "keywords",
        3,
        Parts(
            main=main, head='<meta name="keywords" content="slot gacor, situs slot, judi slot online, rtp live, slot88, maxwin">'
        ),
    )
    yield _one("h1", 0, Parts(main=f"<h1>{bad}</h1>{main}"))
    yield _one("canonical", 0, Parts(main=main, head='<link rel="canonical" href="https://rajaslot77.example/">'))
    yield _one("amphtml", 1, Parts(main=main, head='<link rel="amphtml" href="https://mega-gacor.example/amp/">'))
    data = '{"@context":"https://schema.org","@type":"Product","name":"SLOT88 Situs Slot Gacor","description":"Link slot gacor bonus new member"}'
    yield _one("structured data", 1, Parts(main=main, head=f'<script type="application/ld+json">{data}</script>'))


def _one(name: str, template: int, parts: Parts) -> Case:
    return Case(f"head {name}", Truth.INFECTED, {"/": TEMPLATES[template](parts)})


def gambling_page(family: str = "slot") -> str:
    """A whole page as search engines are shown it."""
    return f"""<!doctype html><html amp lang="id"><head><meta charset="utf-8"><title>BONTANG88 - {COPY[family][:60]}</title>
<meta name="description" content="{escape(COPY[family])}"></head><body style="background:#000;color:gold"><h1>Daftar dan Login</h1>
<p>{COPY[family]}</p>{links(family)}</body></html>"""


def _cloaked() -> Iterator[Case]:
    shown: dict[str, Sequence[View]] = {"bot": BOTS, "referrer": (View.REFERRER,), "mobile": (View.MOBILE, View.BOT_AGAIN)}
    for number, (who, views) in enumerate(shown.items()):
        clean = {"/": TEMPLATES[number](Parts(main="".join(ORDINARY)))}
        whole = {view: {"/": gambling_page(("slot", "togel", "kasino")[number])} for view in views}
        yield Case(f"cloaked page for {who}", Truth.INFECTED, clean, whole)
        part = TEMPLATES[number](Parts(main="".join(ORDINARY), footer=f"<p>{links('kartu')}</p>"))
        yield Case(f"cloaked links for {who}", Truth.INFECTED, clean, {view: {"/": part} for view in views})
        away = dict.fromkeys(views, "https://rajaslot77.example/?ref=go")
        yield Case(f"sent away {who}", Truth.INFECTED, clean, sent_to=away)
        nameless = dict.fromkeys(views, "https://x7k2p.example/l/9")
        yield Case(f"sent away to a nameless host {who}", Truth.INFECTED, clean, sent_to=nameless)


def _encoded(address: str) -> str:
    return base64.b64encode(address.encode()).decode()


def _redirects() -> Iterator[Case]:
    target = "https://rajaslot77.example/masuk"
    codes = ",".join(str(ord(each)) for each in target)
    hexed = "".join(f"\\x{ord(each):02x}" for each in target)
    percent = "".join(f"%{ord(each):02x}" for each in f'<script>location="{target}"</script>')
    ways = {
        "meta": f'<meta http-equiv="refresh" content="0; url={target}">',
        "plain": f'<script>window.location.replace("{target}");</script>',
        "variable": f'<script>var u="{target}";setTimeout(function(){{window.location.href=u}},500)</script>',
        "base64": f"<script>window.location=atob('{_encoded(target)}')</script>",
        "base64 nameless": f"<script>if(/google|bing/.test(document.referrer)){{location.href=atob('{_encoded('https://x7k2p.example/g')}')}}</script>",
        "char codes": f"<script>location.href=String.fromCharCode({codes})</script>",
        "hex": f'<script>top.location="{hexed}"</script>',
        "cut in pieces": "<script>location.assign('https://ra'+'jasl'+'ot77.exa'+'mple/')</script>",
        "reversed": f"<script>document.location='{target[::-1]}'.split('').reverse().join('')</script>",
        "escaped": f"<script>document.write(unescape('{percent}'))</script>",
        "referrer": f"<script>if(document.referrer.indexOf('google.')>0)window.location='{target}'</script>",
        "handler": f"<body onload=\"location.href='{target}'\">",
        "written links": f"<script>document.write('<div style=\"display:none\">{links('slot').replace(chr(39), '')}</div>')</script>",
        "encoded links": f"<script>document.body.innerHTML+=atob('{_encoded(links('togel'))}')</script>",
        "frame": '<iframe src="https://rajaslot77.example/lobby" style="position:fixed;width:100%;height:100%"></iframe>',
        "foreign script": '<script src="https://cdn.mega-gacor.example/p.js"></script>',
    }
    for number, (name, code) in enumerate(ways.items()):
        parts = Parts(main="".join(ORDINARY[:3]), head=code)
        yield Case(f"redirect {name}", Truth.INFECTED, {"/": TEMPLATES[number % 5](parts)})
    page = TEMPLATES[0](Parts(main=ORDINARY[0]))
    script = f"(function(){{if(/android|iphone/i.test(navigator.userAgent)){{window.location.href='{target}'}}}})();"
    yield Case("redirect in the site's own script file", Truth.INFECTED, {"/": page, "/assets/js/app.js": script})


def _disguised(text: str, how: str) -> str:
    tables = {
        "digits": str.maketrans("oeia", "0314"),
        "cyrillic": str.maketrans("aeocp", "аеоср"),
        "mathematical": {each: 0x1D41A + each - 97 for each in range(97, 123)},
        "wide": {each: 0xFF41 + each - 97 for each in range(97, 123)},
    }
    if how in tables:
        return text.translate(tables[how])
    joint = {"dots": ".", "blanks": " ", "zero width": "\u200b", "dashes": "-", "soft hyphens": "\u00ad"}[how]
    return "   ".join(joint.join(word) for word in text.split())


def _disguises() -> Iterator[Case]:
    ways = ("digits", "cyrillic", "mathematical", "wide", "dots", "blanks", "zero width", "dashes", "soft hyphens")
    for number, how in enumerate(ways):
        block = " ".join(
            f'<a href="https://d{index}x.example/">{_disguised(text, how)}</a>'
            for index, text in enumerate(("situs slot gacor", "bandar togel online", "slot gacor maxwin", "judi slot online"))
        )
        page = TEMPLATES[number % 5](Parts(main=ORDINARY[2], footer=f"<p>{block}</p>"))
        yield Case(f"disguised by {how}", Truth.INFECTED, {"/": page})
    run_together = ('<a href="https://a1.example/">situsslotgacor</a> <a href="https://a1.example/x">slotgacormaxwin</a> '
                    '<a href="https://a1.example/y">bandartogelonline</a>')  # fmt: skip
    yield Case("run together", Truth.INFECTED, {"/": TEMPLATES[1](Parts(main=ORDINARY[0], footer=run_together))})
    split = '<a href="https://a1.example/"><span>sl</span><b></b><span>ot</span> ga<i></i>cor hari ini</a>'
    yield Case("cut by tags", Truth.INFECTED, {"/": TEMPLATES[0](Parts(main=ORDINARY[0], footer=split * 2))})


def _sitemap(paths: Sequence[str]) -> str:
    urls = "".join(f"<url><loc>{ADDRESS}{each}</loc></url>" for each in paths)
    return f'<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'


def _lists() -> Iterator[Case]:
    clean = {"/": TEMPLATES[0](Parts(main="".join(ORDINARY)))}
    many = _sitemap(["profil", *(f"artikel/slot-gacor-maxwin-{n}" for n in range(400))])
    yield Case("sitemap slugs", Truth.INFECTED, {**clean, "/sitemap.xml": many})
    index = f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>{ADDRESS}sitemap-2.xml</loc></sitemap></sitemapindex>'
    extra = _sitemap([f"bandar-togel-online-{n}" for n in range(50)])
    yield Case("sitemap in an index", Truth.INFECTED, {**clean, "/sitemap.xml": index, "/sitemap-2.xml": extra})
    robots = f"User-agent: *\nDisallow:\nSitemap: {ADDRESS}peta-lain.xml\n"
    yield Case("sitemap named in robots", Truth.INFECTED, {**clean, "/robots.txt": robots, "/peta-lain.xml": extra})
    query = _sitemap([f"?slot=gacor-maxwin-{n}" for n in range(40)])
    yield Case("sitemap of queries", Truth.INFECTED, {**clean, "/sitemap.xml": query})
    feed = ("<?xml version='1.0'?><rss version='2.0'><channel><title>Berita</title>"
            + "".join(f"<item><title>{text.title()}</title><link>{ADDRESS}?p={n}</link></item>" for n, (text, _) in enumerate(FAMILIES["slot"]))
            + "</channel></rss>")  # fmt: skip
    yield Case("feed", Truth.INFECTED, {**clean, "/feed/": feed})
    one = _sitemap(["profil", "slot-gacor-terbaru/"])
    yield Case("page in a folder", Truth.INFECTED, {**clean, "/sitemap.xml": one, "/slot-gacor-terbaru/": gambling_page()})
    plain = _sitemap(["profil", "berita/a1b2"])
    yield Case(
        "page with an innocent address", Truth.INFECTED, {**clean, "/sitemap.xml": plain, "/berita/a1b2": gambling_page("togel")}
    )
    yield Case("orphan in a well-known folder", Truth.INFECTED, {**clean, "/slot/": gambling_page("permainan")})
    linked = TEMPLATES[1](Parts(main="".join(ORDINARY), footer='<a href="/assets/lib/">.</a>'))
    yield Case("page behind a dot", Truth.INFECTED, {"/": linked, "/assets/lib/": gambling_page("kasino")})
    home = TEMPLATES[1](Parts(main="".join(ORDINARY), footer='<a href="/profil-pejabat">Profil Pejabat</a>'))
    inner = {"/profil-pejabat": TEMPLATES[1](Parts(main="<p>Profil pejabat.</p>"))}
    cloaked = {view: {"/profil-pejabat": gambling_page("kartu")} for view in BOTS}
    yield Case("inner page cloaked for bots", Truth.INFECTED, {"/": home, **inner}, cloaked)


def _further() -> Iterator[Case]:
    banner = (
        '<a href="https://rajaslot77.example/"><img src="/uploads/banner.gif" alt="Slot Gacor Hari Ini Maxwin" width="728"></a>'
    )
    yield Case("banner", Truth.INFECTED, {"/": TEMPLATES[3](Parts(main=banner + ORDINARY[0]))})
    backlinks = ('<a href="https://journal.kampus.example.ac.id/slot-gacor/">slot gacor</a> '
                 '<a href="https://dinas.kota-lain.example.go.id/situs-slot-online/">situs slot online</a> '
                 '<a href="https://repo.kampus.example.ac.id/judi-bola/">judi bola online terpercaya</a>')  # fmt: skip
    yield Case("links to other hacked offices", Truth.INFECTED, {"/": TEMPLATES[1](Parts(main=ORDINARY[0], footer=backlinks))})
    thai = '<div style="display:none"><a href="https://ufa9.example/">เว็บสล็อต บาคาร่า คาสิโนออนไลน์</a> <a href="https://ufa9.example/x">แทงบอล</a></div>'
    yield Case("thai links", Truth.INFECTED, {"/": TEMPLATES[0](Parts(main=ORDINARY[0], footer=thai))})
    chinese = '<div style="position:absolute;left:-999em"><a href="https://bc8.example/">博彩 百家乐 老虎机</a> <a href="https://bc8.example/y">赌场</a></div>'
    yield Case("chinese links", Truth.INFECTED, {"/": TEMPLATES[4](Parts(main=ORDINARY[0], footer=chinese))})
    click = "<div onclick=\"window.location.href='https://rajaslot77.example/'\">Klik di sini</div>"
    yield Case("click handler", Truth.INFECTED, {"/": TEMPLATES[0](Parts(main=ORDINARY[0], footer=click))})
    news = article("Satgas Berantas Judi Online", "Polisi mengimbau warga waspada judi online dan melaporkan pelaku.")
    block = f'<div style="display:none">{links("slot")}</div>'
    yield Case("hidden below a press release", Truth.INFECTED, {"/": TEMPLATES[0](Parts(main=news, footer=block))})
    whole = replace(Parts(), main=f"<h2>{COPY['slot']}</h2>{links('slot')}", title="RAJASLOT77 Link Slot Gacor")
    yield Case("defaced whole", Truth.INFECTED, {"/": TEMPLATES[3](whole)})
    srcdoc = f'<iframe srcdoc="{escape(gambling_page())}" width="100%" height="800"></iframe>'
    yield Case("frame written into the page", Truth.INFECTED, {"/": TEMPLATES[0](Parts(main=ORDINARY[0], footer=srcdoc))})


def infected() -> tuple[Case, ...]:
    """Every infected case."""
    groups = (
        _hidden_links,
        _single_hidden_link,
        _texts,
        _heads,
        _cloaked,
        _redirects,
        _disguises,
        _lists,
        _further,
        second.infected,
    )
    return tuple(case for group in groups for case in group())
