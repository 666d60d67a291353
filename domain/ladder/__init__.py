"""The ladder: stages and steps as data, and the one question what is owed next.

A strategy is a text (`read`), checked before anything climbs it (`check`), and becomes records (`strategy`).
`next_step` looks at a case and says what is due, when and why (`owed`, `explain`). What offsets count from is in
`anchors`, when each step falls due in `steps`, when a stage may be entered in `gates`; `pauses` stop the clock.
"""
