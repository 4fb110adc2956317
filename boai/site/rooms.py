"""The list of rooms, lowest floor first. The linter's floors and the README's map agree with it."""

ROOMS = (
    "boai.foundations.places",
    "boai.foundations.trail",
    "boai.foundations.notices",
    "boai.foundations.organisations",
    "boai.foundations.catalogue",
    "boai.foundations.identity",
    "boai.foundations.ledger",
    "boai.foundations.translog",
    "boai.foundations.approvals",
    "boai.foundations.certificates",
    "boai.foundations.figures",
    "boai.relief.warehouse",
    "boai.relief.dispatch",
    "boai.relief.finance",
    "boai.relief.donations",
    "boai.relief.allocation",
    "boai.window.disclosure",
)
