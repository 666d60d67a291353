"""What is owed, and why: law packs, interest, allocation, double entry and statements, for every cent.

Nothing here looks at a clock or a store. `LawBook` holds the law as data (`rules/money/*.toml`), `accrue` derives
interest from it, `allocate_payment` says what money pays, `journal` books a case's events in double entry, and
`statement` puts all of it together for one day.
"""
