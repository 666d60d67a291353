"""Third check: what the events say fits together: money, permits and what came of them, rules, documents."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from hashlib import sha256
from typing import Any

from domain.evidence.books import Books, decimal
from domain.evidence.contacts import Contacts, documents_of
from domain.evidence.finding import Checked, Wrong
from domain.evidence.layout import ACCOUNTS, LETTERS, RULES, STATE, rule_file
from domain.evidence.rules_named import is_text_of, stamps_of
from domain.evidence.stored import StoredEvidence

_NOT_AS_CALLED = (KeyError, TypeError, ValueError, AttributeError)


def check_money(files: Mapping[str, bytes], case: Sequence[StoredEvidence]) -> Checked:
    """Book everything again; compare with what the house says is owed."""
    books, wrong = Books(), list[Wrong]()
    for event in case:
        try:
            faults = books.book(event)
        except _NOT_AS_CALLED:
            faults = [("EVENT_UNREADABLE", event.name)]
        wrong += [Wrong(code=code, where=event.folder + STATE, detail=about) for code, about in faults]
    owed = books.owed()
    wrong += [
        Wrong(code="OWED_BELOW_NOTHING", where=ACCOUNTS, detail=f"{obligation} {component}: {minor}")
        for (obligation, component), minor in owed.items()
        if minor < 0
    ]
    if books.credit < 0:
        wrong.append(Wrong(code="OWED_BELOW_NOTHING", where=ACCOUNTS, detail=f"credit: {books.credit}"))
    wrong += _compared(files, owed, books)
    counts = {
        "entries": books.entries,
        "currency": books.currency,
        "owed": decimal(sum(owed.values()), books.currency),
        "credit": decimal(books.credit, books.currency),
    }
    return Checked(code="MONEY", counts=counts, wrong=wrong)


def accounts_booked(case: Sequence[StoredEvidence]) -> bytes:
    """Return the same file as events come to, where there is no house to ask; what cannot be booked is left out."""
    books = Books()
    for event in case:
        with suppress(*_NOT_AS_CALLED):
            books.book(event)
    return accounts_said(books.owed(), books.credit, books.currency)


def accounts_said(owed: Mapping[tuple[str, str], int], credit: int, currency: str) -> bytes:
    """Return the file in which a house says what is owed."""
    said = {
        "currency": currency,
        "credit": credit,
        "owed": [
            {"obligation_id": obligation, "component": component, "minor": minor}
            for (obligation, component), minor in sorted(owed.items())
        ],
    }
    return json.dumps(said, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"


def _compared(files: Mapping[str, bytes], owed: Mapping[tuple[str, str], int], books: Books) -> Iterator[Wrong]:
    if files.get(ACCOUNTS) == accounts_said(owed, books.credit, books.currency):
        return
    try:
        said = json.loads(files.get(ACCOUNTS, b""))
        theirs = {(each["obligation_id"], each["component"]): each["minor"] for each in said["owed"]}
        credit = said["credit"]
    except (*_NOT_AS_CALLED, RecursionError):
        yield Wrong(code="ACCOUNTS_UNREADABLE", where=ACCOUNTS)
        return
    for account in sorted(theirs.keys() | owed.keys(), key=str):
        if theirs.get(account, 0) != owed.get(account, 0):
            name = " ".join(map(str, account))
            detail = f"{name}: {theirs.get(account, 0)} ≠ {owed.get(account, 0)}"
            yield Wrong(code="ACCOUNT_DIFFERS", where=ACCOUNTS, detail=detail)
    if credit != books.credit:
        yield Wrong(code="ACCOUNT_DIFFERS", where=ACCOUNTS, detail=f"credit: {credit} ≠ {books.credit}")


def check_contacts(case_id: str, case: Sequence[StoredEvidence], persons: Sequence[StoredEvidence]) -> Checked:
    """Hold permits against outcomes, and against the persons' own streams."""
    contacts, wrong = Contacts(case_id), list[Wrong]()
    for event in case:
        try:
            found = list(contacts.of_case(event))
        except _NOT_AS_CALLED:
            found = [("EVENT_UNREADABLE", event.name)]
        wrong += [Wrong(code=code, where=event.folder + STATE, detail=about) for code, about in found]
    for event in persons:
        contacts.of_person(event)
    wrong += [Wrong(code=code, where=folder, detail=about) for code, folder, about in contacts.compared()]
    counts = {"permits": len(contacts.permits), "answered": len(contacts.answered), "refused": contacts.refused}
    return Checked(code="CONTACTS", counts=counts, wrong=wrong)


def check_rules(files: Mapping[str, bytes], events: Sequence[StoredEvidence]) -> Checked:
    """Hold the texts of rules and law against the stamps that events name."""
    named = {stamp: event.folder for event in reversed(events) for stamp in stamps_of(event.fields)}
    wrong = [
        Wrong(code="RULES_MISSING", where=rule_file(stamp), detail=folder)
        for stamp, folder in sorted(named.items())
        if rule_file(stamp) not in files
    ]
    texts = [path for path in sorted(files) if path.startswith(RULES)]
    for path in texts:
        stamp = path[len(RULES) :].partition(".toml")[0]
        if rule_file(stamp) != path or not is_text_of(stamp, files[path]):
            wrong.append(Wrong(code="RULES_DIFFER", where=path))
    return Checked(code="RULES", counts={"named": len(named), "texts": len(texts)}, wrong=wrong)


def check_documents(files: Mapping[str, bytes], case: Sequence[StoredEvidence]) -> Checked:
    """Hold documents against the hashes that outcomes name."""
    named = documents_of((event.name, event.fields) for event in case)
    wrong, here = list[Wrong](), 0
    for path in sorted(files):
        if path.startswith(LETTERS):
            hashed = sha256(files[path]).hexdigest()
            here += 1
            if hashed not in named or path != f"{LETTERS}{hashed}.pdf":
                wrong.append(Wrong(code="DOCUMENT_DIFFERS", where=path))
    return Checked(code="DOCUMENTS", counts={"named": len(named), "here": here}, wrong=wrong)


def opening_of(case: Sequence[StoredEvidence]) -> Mapping[str, Any]:
    """Return the fields of the event that opened the case; none if it is not there."""
    return case[0].fields if case and case[0].name == "CaseOpened" else {}
