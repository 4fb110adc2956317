"""What hostile and clumsy hands type."""

TEXTS: dict[str, str] = {
    "empty": "",
    "spaces": " \u3000\t ",
    "long": "长" * 10_000,
    "nul": "口\x00罩",
    "surrogate": "\ud800",
    "turned": "捐\u202e000,1\u202c款",
    "zero width": "\u200b\u200d\ufeff",
    "combining": "e" + "\u0301" * 1_000,
    "emoji": "👩‍⚕️❤️🇨🇳",
    "rare": "𠮷㛃·阿卜杜拉·买买提",
    "script": "</textarea><script>alert('门')</script><img src=x onerror=alert(1)>",
    "braces": "{{ settings.SECRET_KEY }}{% load x %}{0.__class__}%s%n${7*7}",
    "quotes": "'; DROP TABLE ledger_entry; --\"",
    "way up": "../../../../etc/passwd",
    "lines": "一行\r\nSet-Cookie: x=1\r\n\r\n二行",
    "formula": '=cmd|" /C calc"!A0',
    "json": '{"$ne": null, "a": [[[[]]]]}',
}

AMOUNTS: dict[str, str] = {
    "zero": "0",
    "minus one": "-1",
    "a tenth of a fen": "0.001",
    "10^12": "1000000000000",
    "1e12": "1e12",
    "1e3": "1e3",
    "NaN": "NaN",
    "Infinity": "Infinity",
    "2^63": str(2**63),
    "2^53+1": str(2**53 + 1),
    "twenty digits": "9" * 20,
    "five thousand digits": "9" * 5_000,
    "with unit": "100元",
    "in brackets": "(5)",
}

GOOD_AMOUNTS = ("１００", "1,000")
"""Neighbours that people really type; where a page takes amounts they are not refused."""

DAYS: dict[str, str] = {
    "no day": "0000-00-00",
    "not leap": "2009-02-29",
    "31 April": "2020-04-31",
    "year 10000": "10000-01-01",
    "last day": "9999-12-31",
    "first day": "0001-01-01",
    "words": "正月初五",
    "full-width": "２０２０-０１-２９",
    "moment": "2020-01-29T24:00:00",
}

IDS: dict[str, str] = {
    "zero": "0",
    "minus": "-1",
    "unknown": "987654321",
    "2^63": str(2**63),
    "five thousand digits": "9" * 5_000,
    "words": "none",
    "ref": "donations.gift:1",
    "nul": "1\x002",
    "list": "[1]",
}

SHARPEST_AMOUNTS = ("minus one", "a tenth of a fen", "2^63")
SHARPEST_DAYS = ("last day",)
SHARPEST_IDS = ("unknown", "2^63")

NEVER_AN_AMOUNT = frozenset(AMOUNTS) - {"zero", "10^12", "with unit"}
NEVER_A_DAY = frozenset(DAYS) - {"last day", "first day", "full-width"}

PATH_PARTS: dict[str, str] = {
    "unknown": "987654321",
    "2^63": str(2**63),
    "hundred digits": "9" * 100,
    "junk": "x'\"<b>;--",
    "nul": "1\x002",
    "way up": "..%2f..%2fetc%2fpasswd",
    "rare": "𠮷·",
    "long": "长" * 3_000,
}

QUERIES: dict[str, str] = {
    "far page": "page=1000000000",
    "farther page": "page=" + "9" * 30,
    "word page": "page=abc",
    "minus page": "page=-1",
    "full-width page": "page=１",
    "secret order": "sort=password",
    "order through relations": "sort=-donor__name_sealed",
    "order by key": "sort=pk;--",
    "wildcard": "q=%25",
    "quote": "q=%27%22%5C",
    "nul": "q=%00&number=%00&day=%00&state=%00",
    "surrogate": "q=%ED%A0%80",
    "long": "q=" + "x" * 10_000,
    "odd encoding": "q=%FF%FE%80",
    "junk": "state=x&kind=x&day=0000-00-00&from=9999-99-99&until=x&organisation=x&appeal=-1&item=9e9",
    "huge": "id=99999999999999999999&appeal=99999999999999999999&store=99999999999999999999",
    "unknown file": "export=exe",
    "file of nothing": "export=csv&q=%25%25%00",
    "way out": "next=//evil.example/",
    "set twice": "page=1&page=2&q=a&q=b",
}
