"""The words for what the core names by a key: one home for pages and reports, so that a thing has one name."""

from __future__ import annotations

from beancoop.words.language import mark

STATES = {
    "future": mark("Not started"),
    "active": mark("Active"),
    "paused": mark("Paused"),
    "ended": mark("Time over"),
    "independent": mark("Left: self-employed"),
    "employed": mark("Left: employed"),
    "cooperative": mark("Left: another cooperative"),
    "jobseeker": mark("Left: job seeker"),
    "stopped": mark("Left: stopped"),
}
STEPS = {
    "bank": mark("In the bank and in cash (5)"),
    "vat": mark("VAT, net (411, 451)"),
    "deposits": mark("Deposits of customers (46)"),
    "suppliers": mark("Suppliers (44)"),
    "wages": mark("Withholding tax, social security and wages (453, 454, 455)"),
    "current": mark("Current account with the cooperative, contribution included (960)"),
}
LINES = {
    "sales": mark("Sales (70)"),
    "services": mark("Internal services (951)"),
    "purchases": mark("Purchases (60)"),
    "operating": mark("Other items of the operating margin (61, 71 to 74)"),
    "margin": mark("Margin"),
    "contribution": mark("Contribution (950)"),
    "costs": mark("Costs (61 to 69)"),
    "income": mark("Other income (71 to 79)"),
    "result": mark("Result"),
}
FIGURES = {
    "postings": mark("Entries on accounts"),
    "provisional": mark("Contribution levied provisionally"),
    "margin": mark("Margin"),
    "operating": mark("Other items of the operating margin (61, 71 to 74)"),
    "beside": mark("Entries on accounts, without what the margin counts"),
    "base": mark("Margin that bears a contribution"),
    "contribution": mark("Contribution, exact"),
    "due": mark("Contribution due, rounded"),
    "levied": mark("Contribution levied before"),
    "levy": mark("Contribution levied"),
    "carried": mark("Contribution due and not levied yet"),
    "exit": mark("Contribution still to be levied, or given back on leaving"),
    "available": mark("Available to spend"),
    "recurring": mark("Costs that recur, a month"),
    "forecast": mark("Forecast of what is available, if nothing more is sold"),
    "unsupported": mark("Purchases without a document"),
    "leaving": mark("What remains once all is settled"),
    "overdraft": mark("Overdraft allowed"),
    "room": mark("May still be paid out"),
    "waiting": mark("Waiting on 499"),
    "asserted": mark("Bank balance"),
    "difference": mark("Difference between the books and the bank"),
    "item": mark("What is open of an invoice"),
    "invoiced": mark("Invoiced"),
    "open": mark("Open invoices"),
    "payable": mark("Open invoices by the day they are to be paid"),
    "hours": mark("Follow-up, in hours"),
    "vat-due": mark("VAT due"),
    "vat-deductible": mark("VAT deductible"),
    "vat-owed": mark("VAT owed"),
    "vat-passed": mark("VAT passed on to the cooperative"),
    "result": mark("Result of the year, not appropriated yet"),
    "pending": mark("Results of earlier years, not appropriated yet"),
    "equity": mark("Equity"),
    "claimed": mark("Earned by the activities and not granted yet"),
    "granting": mark("Earned by the activities since the year began and not granted yet"),
    "own-result": mark("Result of the year, the cooperative's own part"),
    "own-equity": mark("Equity, the cooperative's own part"),
    "own-net-assets": mark("Net assets, the cooperative's own part"),
    "net-assets": mark("Net assets (CSA, art. 6:115)"),
    "liquidity": mark("Liquidity (CSA, art. 6:116)"),
    "dividends": mark("Dividends"),
    "paid-up": mark("Paid-up shares"),
}
"""What a figure is, by the rule it is counted by (`statements.meaning.Rule`)."""
MARGINS = {
    "direct": mark("Direct: sales less purchases (70, 60, 951)"),
    "operating": mark("Operating: other income and services counted too (61, 71 to 74)"),
}
NEGATIVES = {
    "refund": mark("Given back at once"),
    "carry": mark("Carried, and set off against later months"),
}
SETTLEMENTS = {
    "account": mark("Through the current account (960)"),
    "treasury": mark("At once, between the shares of a bank account"),
}
TAKES = {
    "treasury": mark("Treasury (5)"),
    "customers": mark("What customers owe (40)"),
    "stock": mark("Stock (3)"),
    "equipment": mark("Equipment, at its book value (2)"),
}
SETTLES = {
    "suppliers": mark("Suppliers (44)"),
    "vat": mark("VAT, net (411, 451)"),
    "current": mark("Current account with the cooperative, contribution included (960)"),
    "waiting": mark("Waiting to be explained (499)"),
    "other": mark("Other receivables and debts (1, 41 to 49)"),
}
DOMAINS = {
    "commercial": mark("Commercial"),
    "marketing": mark("Marketing"),
    "communication": mark("Communication"),
    "management": mark("Management"),
}
"""The usual domains of follow-up; others are shown as they are written."""

MEETINGS = {"monthly": mark("Monthly")}
"""The usual kinds of meeting; others are shown as they are written."""

PARTS = {
    "shares": mark("Shares"),
    "unavailable": mark("Unavailable reserves, indivisible"),
    "available": mark("Other reserves, indivisible"),
    "carried": mark("Result carried forward"),
    "other": mark("Other equity"),
}
NET_ASSETS = {
    "assets": mark("Assets"),
    "provisions": mark("Provisions and deferred taxes (16)"),
    "debts": mark("Debts (17, 42 to 48, 492, 493)"),
    "formation": mark("Formation expenses not written off (20)"),
    "research": mark("Research not written off (210)"),
    "revaluation": mark("Revaluation surpluses (12)"),
    "unavailable": mark("Unavailable equity (111, 131)"),
    "net": mark("Net assets that may be distributed"),
}
WHOSE = {
    "result": mark("Result of {year}"),
    "treasury": mark("Treasury (5)"),
    "equity": mark("Equity"),
    "net": mark("Net assets that may be distributed"),
}
"""What is the cooperative's own, and what its activities'."""

OWNERS = {
    "moved": {
        "own": mark("The cooperative's own money"),
        "activities": mark("What its activities hold"),
        "total": mark("All together, in the bank and in cash"),
    },
    "equity-moved": {
        "own": mark("The cooperative's own"),
        "activities": mark("Earned by its activities, not granted yet"),
        "total": mark("All together, as the balance sheet shows it"),
    },
}
"""Whose it is that a board looks at, in the words of each of its tables."""

EARNED_NOTE = mark(
    "The activities' part is what they have earned and their entrepreneurs have not been granted yet (6, 7, 950, 951); "
    "of the treasury, what they hold. It is owed by the agreements: book it (619/492) before a distribution."
)
LOSSES = mark(
    "A minus of the year: more was granted, or lost, than earned. A minus in all is a loss: the cooperative bears it, "
    "and it is taken from no other activity."
)

CHANGES = {
    "opening": mark("Equity at the start"),
    "result": mark("Result of the period"),
    "contributions": mark("Contributions of associates, less repayments (10, 11)"),
    "revaluation": mark("Revaluation (12)"),
    "subsidies": mark("Capital subsidies (15)"),
    "advances": mark("Advances on the sharing out of the assets (19)"),
    "distributed": mark("Results distributed, and other transfers out of reserves"),
    "closing": mark("Equity at the end"),
}
"""What changed the equity in a period."""

LIQUIDITY = {
    "treasury": mark("Treasury (5)"),
    "receivables": mark("Receivables within the year (40, 41, 490, 491)"),
    "debts": mark("Debts within the year (42 to 48, 492, 493)"),
    "margin": mark("What remains"),
}
