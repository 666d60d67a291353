"""Whoever shows a token is whom the token is for; whoever shows none may have a certificate."""

from application.access import Presented, Unauthenticated
from domain.access import Principal
from infra.access.certificates import Certificates
from infra.access.tokens import Tokens

SCHEME = "bearer"


class ShownIdentities:
    """Looks at what callers show. A token that is bad is not made good by a certificate beside it."""

    def __init__(self, tokens: Tokens, certificates: Certificates) -> None:
        self._tokens = tokens
        self._certificates = certificates

    async def identify(self, presented: Presented) -> Principal | None:
        """Return who calls, None where nothing is shown; raise `Unauthenticated` or `IssuerUnavailable`."""
        if presented.authorization:
            scheme, _, token = presented.authorization.partition(" ")
            if scheme.lower() != SCHEME:
                raise Unauthenticated("SCHEME_UNKNOWN")
            return await self._tokens.principal(token.strip())
        if presented.certificate:
            return self._certificates.principal(presented.certificate)
        return None
