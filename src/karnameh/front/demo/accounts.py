"""The accounts of the demo and what each may do."""

from __future__ import annotations

from dataclasses import dataclass

PASSWORD = "hamyari-1405"  # of the demo only; no installation without the demo has it


@dataclass(frozen=True)
class DemoAccount:
    """`where`: nation, partners, a province's name, county:NAME, or local (one local unit of Fars)."""

    username: str
    office_fa: str
    office_en: str
    where: str
    roles: tuple[str, ...]
    theme: str | None = None


DEMO_ACCOUNTS: tuple[DemoAccount, ...] = (
    DemoAccount("officer", "دبیر آمار کشور", "National results officer", "nation", ("planner", "reporter", "press")),
    DemoAccount("press", "مسئول رسانهٔ کشور", "National press officer", "nation", ("press",)),
    DemoAccount("verifier", "بازبین کشور", "National verifier", "nation", ("verifier",)),
    DemoAccount("admin", "مدیر سامانه", "National administrator", "nation",
                ("administrator", "planner", "reporter", "verifier", "reviewer", "press", "auditor")),
    DemoAccount("admin2", "جانشین مدیر سامانه", "Deputy administrator", "nation", ("administrator",)),
    DemoAccount("auditor", "ناظر مستقل", "Independent auditor", "nation", ("auditor",)),
    DemoAccount("fars", "مسئول گزارش استان فارس", "Fars province reporter", "فارس",
                ("reporter", "planner", "administrator")),
    DemoAccount("fars.verifier", "بازبین استان فارس", "Fars province verifier", "فارس", ("verifier",)),
    DemoAccount("fars.reviewer", "بررس سازندگی استان فارس", "Fars construction reviewer", "فارس",
                ("reviewer",), "construction"),
    DemoAccount("shiraz", "مسئول گزارش شهرستان شیراز", "Shiraz county reporter", "county:شیراز", ("reporter",)),
    DemoAccount("leader", "سرگروه محلی", "Local leader", "local", ("reporter",)),
    DemoAccount("partner", "رابط سازمان همکار", "Partner liaison", "partners", ("partner",)),
)  # fmt: skip
