"""What a bundle of evidence is, and how it is verified by whoever trusts nobody.

The modules here, those of `domain.transparency` and the script of `infra.evidence` become one file, `verify.py`, which
travels in every bundle and runs on Python 3.9 and later with nothing but the standard library. So this package uses
what 3.9 has, besides what is left out on the way (imports of our own, `slots` and `kw_only` of records).
"""
