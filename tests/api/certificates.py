"""An authority of our own and what it signs, made anew for a test."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import NameOID


class Authority:
    """Signs certificates for a day, and keeps all of it in a folder."""

    def __init__(self, folder: Path, name: str = "authority") -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        made = self._certificate(self._name, self._key.public_key()).add_extension(
            x509.BasicConstraints(ca=True, path_length=0), critical=True
        )
        self.file = folder / f"{name}.pem"
        self.file.write_bytes(made.sign(self._key, SHA256()).public_bytes(serialization.Encoding.PEM))

    def signs(
        self,
        name: str,
        *names: x509.GeneralName,
        good: tuple[float, float] = (-1, 2),
        usage: x509.ObjectIdentifier | None = None,
        subject: x509.Name | None = None,
    ) -> tuple[Path, Path]:
        """Return the files of a certificate and of its key. good: from when and until when, in days from now."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = subject or x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        made = self._certificate(subject, key.public_key(), good)
        if usage is not None:
            made = made.add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
        if names:
            made = made.add_extension(x509.SubjectAlternativeName(names), critical=False)
        signed, secret = self._folder / f"{name}.pem", self._folder / f"{name}.key"
        signed.write_bytes(made.sign(self._key, SHA256()).public_bytes(serialization.Encoding.PEM))
        plain = serialization.NoEncryption()
        pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
        secret.write_bytes(key.private_bytes(pem, pkcs8, plain))
        return signed, secret

    def signed_by(self, pair: tuple[Path, Path], name: str) -> tuple[Path, Path]:
        """Return a certificate that the holder of another one has signed, who is no authority; the chain is with it."""
        above = x509.load_pem_x509_certificate(pair[0].read_bytes())
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        signer = serialization.load_pem_private_key(pair[1].read_bytes(), None)
        assert isinstance(signer, ec.EllipticCurvePrivateKey)
        made = _unsigned(above.subject, subject, key.public_key(), (-1, 2))
        signed, secret = self._folder / f"{name}-below.pem", self._folder / f"{name}-below.key"
        pem = serialization.Encoding.PEM
        signed.write_bytes(made.sign(signer, SHA256()).public_bytes(pem) + pair[0].read_bytes())
        plain, pkcs8 = serialization.NoEncryption(), serialization.PrivateFormat.PKCS8
        secret.write_bytes(key.private_bytes(pem, pkcs8, plain))
        return signed, secret

    def _certificate(
        self, subject: x509.Name, key: ec.EllipticCurvePublicKey, good: tuple[float, float] = (-1, 2)
    ) -> x509.CertificateBuilder:
        return _unsigned(self._name, subject, key, good)


def _unsigned(
    issuer: x509.Name, subject: x509.Name, key: ec.EllipticCurvePublicKey, good: tuple[float, float]
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + timedelta(days=good[0]))
        .not_valid_after(now + timedelta(days=good[1]))
    )
