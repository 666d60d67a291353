"""Limitation: until when an action on a debt may be brought, and what begins, stops and restarts that clock.

The years and what interrupts them stand in the law packs (`rules`); `clock` runs one of them over what has happened;
`years` knows the calendar, and the end of February. Nothing here is stored: it is derived whenever it is asked for.
"""
