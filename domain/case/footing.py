"""What an offer was made on: as long as these facts are the same, no later offer is worse."""

from dataclasses import dataclass

from domain.case.words import LEVELS, Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Footing:
    """The facts of a case that bear on what it may be settled for; sums in minor units."""

    balance: int  # all that is owed
    received: int  # all that came in and stands
    obligations: int  # how many
    costs: int  # how many were advanced
    failed: int  # promises, plans and settlements that were not kept
    stage: Stage

    def outgrown(self, now: "Footing") -> bool:
        """Return whether more is owed than this spoke of: another obligation, or money that did not stand.

        Interest and fees are no such thing: the house knew that they come.
        """
        return now.obligations > self.obligations or now.received < self.received

    def changed(self, now: "Footing") -> bool:
        """Return whether the house may ask for more than it did: for reasons that are not of its own making."""
        climbed = now.stage in LEVELS and self.stage in LEVELS and LEVELS.index(now.stage) > LEVELS.index(self.stage)
        return self.outgrown(now) or now.failed > self.failed or now.costs > self.costs or climbed

    def no_more_than(self, amount: int, now: "Footing") -> int:
        """Return the most that is not worse than `amount` was: neither more money nor a greater share of what is owed.

        Rounded up to a minor unit.
        """
        if now.balance >= self.balance:
            return amount
        return -(-amount * now.balance // self.balance)
