"""SMS over SMPP 3.4, through one session with an SMSC.

SMPP has no idempotency key. An answer counts as it is; a request that went out and was not answered is UNKNOWN, until
a late answer or a receipt says more: both are reports. Half of the permit's hash travels as user_message_reference,
which many SMSCs repeat in the receipt of a message whose id we never learned.
"""

import asyncio
import re
from collections import OrderedDict
from datetime import datetime
from hashlib import sha256
from typing import Final, TypeVar

from smpplib import consts

from application.messages import Message, NotSent, Sent
from application.ports import Clock
from application.reports import Report
from domain.case.words import ContactOutcome
from infra.channels.answers import OnInbound, OnReport
from infra.channels.sms_smpp_receipts import inbound, is_receipt, queried_state, receipt_id, receipt_state
from infra.channels.sms_smpp_session import Place, Session, Unanswered
from infra.channels.sms_smpp_text import coded, parts
from infra.channels.sms_smpp_wire import OK, Pdu

_K = TypeVar("_K")

TIMEOUT_SECONDS: Final = 20.0
PULSE_SECONDS: Final = 30.0
WINDOW: Final = 10  # requests at once, as SMSCs commonly allow
PAUSE_SECONDS: Final = 1.0
PAUSE_SECONDS_MAX: Final = 30.0
REST_TRIES: Final = 5  # for the rest of a message whose first part is out
REMEMBERED: Final = 10_000  # messages whose SMSC id, or silence, is remembered

INTERNATIONAL, ALPHANUMERIC, NETWORK = 1, 5, 3  # type of number (SMPP 3.4 5.2.5)
ISDN: Final = 1  # numbering plan
NUMBER: Final = re.compile(r"\+[1-9][0-9]{6,14}")  # E.164
VALID_FOR: Final = "000000001000000R"  # ten minutes (SMPP 3.4 7.1.1): what was lawful in the evening is not at night
FINAL_RECEIPT: Final = 1  # registered_delivery
WITH_HEADER: Final = consts.SMPP_GSMFEAT_UDHI

# The SMSC has certainly not taken the message and may take it later; any other error is a refusal.
LATER: Final = frozenset(
    {
        consts.SMPP_ESME_RTHROTTLED,
        consts.SMPP_ESME_RMSGQFUL,
        consts.SMPP_ESME_RX_T_APPN,
        consts.SMPP_ESME_RINVBNDSTS,
    }
)
# Something broke over there, perhaps after it was taken.
UNSURE: Final = frozenset({consts.SMPP_ESME_RSYSERR, consts.SMPP_ESME_RUNKNOWNERR})


class SmppPost:
    """Sends through one SMSC; see `sms_smpp_session.Place` for its URL.

    It only sends until it is told to `hear`: until then receipts stay with the SMSC, for a process that does.
    """

    def __init__(
        self,
        *,
        url: str,
        clock: Clock,
        timeout_seconds: float = TIMEOUT_SECONDS,
        pulse_seconds: float = PULSE_SECONDS,
    ) -> None:
        self._place = Place.from_url(url)
        self._clock = clock
        self._on_report: OnReport | None = None
        self._on_inbound: OnInbound | None = None
        self._timeout_seconds = timeout_seconds
        self._pulse_seconds = pulse_seconds
        self._session: Session | None = None
        self._binding = asyncio.Lock()
        self._window = asyncio.Semaphore(WINDOW)
        self._keys: OrderedDict[str, str] = OrderedDict()  # the SMSC's id -> permit
        self._ids: OrderedDict[str, str] = OrderedDict()  # permit -> the SMSC's id
        self._silent: OrderedDict[tuple[int, str], str] = OrderedDict()  # reference and number -> permit
        self._keeping: asyncio.Task[None] | None = None

    async def hear(self, *, on_report: OnReport, on_inbound: OnInbound) -> None:
        """Keep a session open, through every outage until `close`, and hand on what comes over it."""
        assert self._keeping is None, "it hears already"
        self._on_report, self._on_inbound = on_report, on_inbound
        async with self._binding:
            if self._session is not None:  # bound for sending only
                await self._session.close()
        self._keeping = asyncio.create_task(self._keep_open())

    async def close(self) -> None:
        """End the session."""
        if self._keeping is not None:
            self._keeping.cancel()
            await asyncio.gather(self._keeping, return_exceptions=True)
            self._keeping = None
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def send(self, message: Message) -> Sent:
        """Send once; raise `NotSent` when the SMSC could not be asked, or said "later"."""
        if not NUMBER.fullmatch(message.address):
            return Sent(outcome=ContactOutcome.REFUSED, detail="ADDRESS_INVALID")
        text = coded(message.words.body.strip())
        reference = int.from_bytes(sha256(message.key.encode()).digest()[:2])
        if text.fits_one:
            return await self._submit(message, reference, short_message=text.octets, data_coding=text.coding)
        if not self._place.cuts_here:
            return await self._submit(message, reference, message_payload=text.octets, data_coding=text.coding)
        try:
            cut = parts(text, reference & 0xFF)
        except ValueError:
            return Sent(outcome=ContactOutcome.REFUSED, detail="TEXT_TOO_LONG")
        return await self._submit_parts(message, reference, cut, text.coding)

    async def ask(self, key: str, *, address: str, since: datetime) -> Sent | None:
        """Ask by the SMSC's id. Where that never came, SMPP has no way to ask, and the contact stays UNKNOWN.

        None would be certain, so it is never the answer.
        """
        provider_id = self._ids.get(key)
        if provider_id is None:
            return Sent(outcome=ContactOutcome.UNKNOWN, detail="ID_UNKNOWN")
        try:
            session = await self._bound()
            answer = await session.ask("query_sm", key="", message_id=provider_id, **self._source())
        except Unanswered as silence:
            raise NotSent(str(silence)) from None
        outcome, detail = queried_state(answer)
        if answer.status != OK or outcome is None:
            return Sent(outcome=ContactOutcome.UNKNOWN, detail=f"QUERY_{answer.status:08X}")
        # On its way means no more than taken: an inquiry settles what was unknown, receipts tell the rest.
        outcome = ContactOutcome.ACCEPTED if outcome is ContactOutcome.SENT else outcome
        return Sent(outcome=outcome, detail=detail, provider_id=provider_id)

    async def _submit_parts(self, message: Message, reference: int, cut: tuple[bytes, ...], coding: int) -> Sent:
        """Send the parts in order. Once the first is out, the rest is tried a while; then nobody knows what came."""
        sent = Sent(outcome=ContactOutcome.UNKNOWN)
        for number, part in enumerate(cut, start=1):
            fields = {"short_message": part, "data_coding": coding, "esm_class": WITH_HEADER}
            is_last = number == len(cut)
            for tried in range(REST_TRIES):
                try:
                    sent = await self._submit(message, reference, receipt=is_last, **fields)
                    break
                except NotSent as later:
                    if number == 1:
                        raise
                    sent = Sent(outcome=ContactOutcome.UNKNOWN, detail=f"PART_{number}_OF_{len(cut)}_{later}"[:60])
                    await asyncio.sleep(PAUSE_SECONDS * tried)
            if sent.outcome is not ContactOutcome.ACCEPTED:
                first = number == 1 or sent.outcome is ContactOutcome.UNKNOWN
                return sent if first else Sent(outcome=ContactOutcome.UNKNOWN, detail=sent.detail)
        return sent

    async def _submit(self, message: Message, reference: int, *, receipt: bool = True, **fields: object) -> Sent:
        session = await self._bound()
        number = message.address.removeprefix("+")
        async with self._window:
            try:
                answer = await session.ask(
                    "submit_sm",
                    key=message.key,
                    **self._source(),
                    dest_addr_ton=INTERNATIONAL,
                    dest_addr_npi=ISDN,
                    destination_addr=number,
                    registered_delivery=FINAL_RECEIPT if receipt else 0,
                    user_message_reference=reference,
                    validity_period=VALID_FOR,
                    **fields,
                )
            except Unanswered as silence:
                _remember(self._silent, (reference, number), message.key)
                return Sent(outcome=ContactOutcome.UNKNOWN, detail=str(silence))
        sent = self._answered(message.key, answer)
        if sent.outcome is ContactOutcome.UNKNOWN:
            _remember(self._silent, (reference, number), message.key)
        return sent

    def _answered(self, key: str, answer: Pdu) -> Sent:
        if answer.status in LATER:
            raise NotSent(f"{answer.status:08X}")
        if answer.status in UNSURE or not answer.is_readable:
            return Sent(outcome=ContactOutcome.UNKNOWN, detail=f"{answer.status:08X}")
        if answer.status != OK:
            return Sent(outcome=ContactOutcome.REFUSED, detail=f"{answer.status:08X}")
        provider_id = answer.text("message_id")
        if provider_id:
            _remember(self._keys, provider_id, key)
            _remember(self._ids, key, provider_id)
        return Sent(outcome=ContactOutcome.ACCEPTED, detail="00000000", provider_id=provider_id)

    async def _answered_late(self, key: str, answer: Pdu) -> None:
        """Somebody recorded UNKNOWN; now there is an answer after all."""
        try:
            sent = self._answered(key, answer)
        except NotSent as later:  # not taken, and nobody will send it again: that is what REFUSED says
            sent = Sent(outcome=ContactOutcome.REFUSED, detail=str(later))
        if self._on_report is not None:
            report = Report(
                permit_id=key, provider_id=sent.provider_id, outcome=sent.outcome, at=None, detail=sent.detail
            )
            await self._on_report(report)

    async def _delivered(self, pdu: Pdu) -> None:
        assert self._on_report is not None
        assert self._on_inbound is not None
        if not is_receipt(pdu):
            await self._on_inbound(inbound(pdu, self._clock.now()))
            return
        outcome, detail = receipt_state(pdu)
        provider_id = receipt_id(pdu)
        key = self._keys.get(provider_id, "")
        if not key and (reference := pdu.number("user_message_reference")) is not None:
            key = self._silent.get((reference, pdu.text("source_addr").removeprefix("+")), "")
        if outcome is not None and (key or provider_id):
            # The receipt's date bears no zone: when it happened, nobody says.
            await self._on_report(
                Report(permit_id=key, provider_id=provider_id, outcome=outcome, at=None, detail=detail)
            )

    async def _bound(self) -> Session:
        async with self._binding:
            if self._session is None or self._session.ended.is_set():
                self._session = await Session.bind(
                    self._place,
                    timeout_seconds=self._timeout_seconds,
                    pulse_seconds=self._pulse_seconds,
                    on_deliver=self._delivered if self._on_report else None,
                    on_late=self._answered_late,
                )
            return self._session

    async def _keep_open(self) -> None:
        pause = PAUSE_SECONDS
        while True:
            try:
                session = await self._bound()
            except NotSent:
                await asyncio.sleep(pause)
                pause = min(pause * 2, PAUSE_SECONDS_MAX)
            else:
                pause = PAUSE_SECONDS
                await session.ended.wait()

    def _source(self) -> dict[str, object]:
        """A number of the world, a short one of the network, or a name."""
        sender = self._place.sender
        if NUMBER.fullmatch(sender):
            return {"source_addr": sender[1:], "source_addr_ton": INTERNATIONAL, "source_addr_npi": ISDN}
        if sender.isdecimal():
            return {"source_addr": sender, "source_addr_ton": NETWORK, "source_addr_npi": ISDN}
        return {"source_addr": sender, "source_addr_ton": ALPHANUMERIC, "source_addr_npi": 0}


def _remember(memory: OrderedDict[_K, str], name: _K, value: str) -> None:
    memory[name] = value
    while len(memory) > REMEMBERED:
        memory.popitem(last=False)
