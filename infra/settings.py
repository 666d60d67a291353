"""What a process is told from outside: environment variables, read once, checked, with defaults for one machine."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Final, Self

_HOST_PORT: Final = re.compile(r"([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]):[0-9]{1,5}")
_YES: Final = (re.compile("yes"), "yes or empty")
_READING: Final = r"[a-z0-9_.]+\.[a-z_]+\s*=\s*[a-z_]+\s*"
# What a setting must be where it is not empty, and how that is said.
LIKE: Final[Mapping[str, tuple[re.Pattern[str], str]]] = {
    "readings": (
        re.compile(rf"[\s,]*({_READING}(,[\s,]*{_READING})*[\s,]*)?"),
        "like co.ley2300.week=calendar,...",
    ),
    "public_url": (
        re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]+)?(/[\w.~-]+)*/?"),
        "like https://collections.example.com",
    ),
    "web_address": (_HOST_PORT, "host:port"),
    "mail_in_listen": (_HOST_PORT, "host:port"),
    "webhook_secret": (
        re.compile(r"whsec_(?=.{32})(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?"),
        "whsec_ and Base64, of 24 bytes or more",
    ),
    "adyen_hmac_keys": (
        re.compile(r"[0-9A-Fa-f]{64}(,[0-9A-Fa-f]{64})?"),
        "64 hexadecimal digits, or two such with a comma",
    ),
    # C2SP: neither spaces nor plus signs
    "log_name": (re.compile(r"[a-z0-9][a-z0-9./-]{2,126}"), "like collections.example.com/log"),
    "tls_ends_before": _YES,
    "grpc_reflection": _YES,
    "temporal_tls": _YES,
    "log_level": (re.compile("DEBUG|INFO|WARNING|ERROR"), "DEBUG, INFO, WARNING or ERROR"),
}
SECRETS: Final = frozenset(("webhook_secret", "adyen_hmac_keys"))  # what is wrong with them is not repeated
TAKEN_TOO: Final = {
    "database_url": ("DATABASE_URL",),
    "temporal_address": ("TEMPORAL_ADDRESS",),
    "temporal_namespace": ("TEMPORAL_NAMESPACE",),
}


class SettingInvalid(ValueError):
    """An environment variable holds what cannot be used; the message names it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Every setting of every process. The variable's name is the field's with `ESCALERA_` before it, in capitals.

    database_url:       PostgreSQL, as libpq reads it (`DATABASE_URL` is taken too).
    temporal_address:   host:port (`TEMPORAL_ADDRESS` is taken too).
    temporal_namespace: where the workflows live.
    temporal_tls:       "yes": it is reached over TLS, as it also is where one of the following is set.
    temporal_tls_ca_file: the authority that vouches for its certificate, PEM; empty: those that the system trusts.
    temporal_tls_certificate_file: the certificate that we show it, PEM; empty: none.
    temporal_tls_key_file: its key, PEM, without a passphrase.
    temporal_tls_server_name: the name on its certificate, where that is not the address's own.
    temporal_api_key_file: a file with the API key of Temporal Cloud, which goes over TLS only.
    temporal_api_key:   the key itself, in place of the file.
    task_queue:         that workers poll and workflows are put on.
    grpc_address:       where the API listens. Without an access file it must be an address of this machine only.
    grpc_systems_address: where it listens for systems, who show client certificates. Empty: at grpc_address, where a
                        client authority is set.
    access_file:        issuers of tokens and client certificates who are let in, as TOML. Empty: nobody is asked who
                        they are.
    access_rules_file:  who may do what, in place of the table that is shipped; empty: that one.
    tls_certificate_file: the API's certificate and those that vouch for it, PEM; read again when it changes. Empty: no
                        TLS.
    tls_key_file:       its key, PEM, without a passphrase.
    tls_client_ca_file: the authority that signs clients' certificates, PEM; empty: clients show none.
    tls_ends_before:    "yes": a proxy ends TLS, and the API may be reached from elsewhere without.
    grpc_limits:        what callers may ask of the API, where it is not what docs/reference/limits.md says:
                        "calls_per_second=500,connections_max=2000".
    grpc_reflection:    "yes": the API tells clients what services there are. Empty: where only this machine can ask.
    smtp_url:           smtps://[user:password@]host:port for TLS from the start, smtp+starttls:// for STARTTLS, smtp://
                        for STARTTLS where it is offered; ?ca=FILE names an authority of one's own. Empty: no e-mail is
                        sent.
    mail_from:          the sender's address.
    mail_in_address:    where bounces, complaints and replies come back to, at most 22 characters before the @, such as
                        mail@in.example.com. Empty: bounces go to the sender and nobody reads them here.
    mail_in_listen:     where the process that takes them listens for SMTP, behind a mail server.
    sms_url:            twilio+https://SID:TOKEN@api.twilio.com?from=NUMBER, or ?service=MG...; an API key as SID:TOKEN
                        needs &account=AC... too. Or smpp://SYSTEM_ID:PASSWORD@host:port?from=SENDER, smpps:// for TLS.
                        Empty: no SMS is sent.
    whatsapp_url:       whatsapp+https://TOKEN@graph.facebook.com/v23.0/PHONE_ID. Empty: no WhatsApp is sent.
    public_url:         where providers and readers reach our web server, such as https://collections.example.com.
                        Empty: providers are not asked to report what became of a message.
    web_address:        where the web server listens: providers' webhooks, unsubscribe links. TLS ends before it.
    twilio_auth_token:  of the account whose webhooks come here, to check their signatures; empty: none are taken.
    meta_app_secret:    of the app whose WhatsApp webhooks come here, likewise.
    meta_verify_token:  the word that Meta is given when its webhook is set up, and asks us for once.
    webhook_secret:     whsec_ and Base64: signs webhooks of other providers (Standard Webhooks); empty: none are taken.
    payment_links_url:  adyen+https://API_KEY@host/v71?merchant=ACCOUNT; needs public_url. Empty: no payment links.
    adyen_hmac_keys:    of the standard webhook that Adyen calls here, 64 hexadecimal digits; two, with a comma between,
                        while one is being replaced; empty: none are taken.
    letter_folder:      where letters wait for whoever prints them; its owner's alone. Empty: no letters are set.
    letterheads_file:   addresses and footers of the creditors' letters, as TOML; empty: names only.
    channel_rates:      messages a second that one worker sends, by channel, with how many at once after a silence if
                        that is not one: "SMS=10,WHATSAPP=20/40". A channel that is not named has no limit.
    mail_folder:        where a mail sink of ours keeps what it receives; empty: there is none.
    clock:              "system", or "<business ISO instant>@<real ISO instant>*<speed>".
    key_file:           the master key of persons' keys; made at first use.
    master_key:         the same as base64 of 32 bytes, in place of the file; while one follows another both, the
                        new one first, with a comma between.
    kms_url:            aws-kms+https://ACCESS_KEY:SECRET_KEY@kms.REGION.amazonaws.com/?key=KEY: the key file then holds
                        master keys that this key of AWS KMS has sealed. Empty: it holds them as they are.
    erased_file:        the ledger of people who were forgotten: no backup of the database may bring it back to what it
                        was. Empty: beside the key file, with .erased behind its name.
    strategies_dir:     strategies of one's own, beside those shipped; empty: only those shipped.
    templates_dir:      templates of one's own, over those shipped; empty: only those shipped.
    creditors_file:     what creditors tell debtors about themselves, as TOML; empty: nothing.
    rules_dir:          contact rules of one's own, on top of those shipped; empty: only those shipped.
    agreements_dir:     bounds of settlements of one's own, in place of those shipped; empty: those shipped.
    laws_dir:           law packs and rates of one's own, beside those shipped; empty: only those shipped.
    readings:           how rules that leave something open are read: "co.ley2300.direct_contact=two_way,...".
    seal_key_file:      the key that signs heads of the log; made at first use. Empty: the log is not sealed.
    log_name:           the log's name on signed heads, for ever, such as collections.example.com/log.
    public_log_folder:  where tiles and heads are published: a folder, or a bucket, s3://BUCKET/PREFIX?region=REGION, of
                        another store than Amazon's with &endpoint=https://HOST. Its credentials are those of the AWS_
                        variables or file, or stand before the bucket, ACCESS_KEY:SECRET_KEY@, with &token=. Empty:
                        nowhere, and the database is all that remembers.
    seal_seconds:       how often a head is signed, at most.
    digest_seconds:     how often the states of streams that changed are digested, at most.
    wal_archive_folder: where the embedded PostgreSQL copies its write-ahead log, for restoring to an instant; better
                        another disk. Empty: it does not. A server of your own is told so by its own settings.
    otlp_endpoint:      where traces and metrics go (OTLP over gRPC); empty: nowhere.
    log_level:          DEBUG, INFO, WARNING or ERROR.
    workflows_kept:     workflows that a worker keeps in memory between their steps.
    steps_at_once:      workflow tasks and local activities that a worker has under way at once.
    """

    database_url: str = ""
    temporal_address: str = "127.0.0.1:7233"
    temporal_namespace: str = "escalera"
    temporal_tls: str = ""
    temporal_tls_ca_file: str = ""
    temporal_tls_certificate_file: str = ""
    temporal_tls_key_file: str = ""
    temporal_tls_server_name: str = ""
    temporal_api_key_file: str = ""
    temporal_api_key: str = ""
    task_queue: str = "escalera"
    grpc_address: str = "127.0.0.1:50051"
    grpc_systems_address: str = ""
    access_file: str = ""
    access_rules_file: str = ""
    tls_certificate_file: str = ""
    tls_key_file: str = ""
    tls_client_ca_file: str = ""
    tls_ends_before: str = ""
    grpc_limits: str = ""
    grpc_reflection: str = ""
    smtp_url: str = ""
    mail_from: str = "collections@escalera.invalid"
    mail_in_address: str = ""
    mail_in_listen: str = "127.0.0.1:2526"
    sms_url: str = ""
    whatsapp_url: str = ""
    public_url: str = ""
    web_address: str = "127.0.0.1:8080"
    twilio_auth_token: str = ""
    meta_app_secret: str = ""
    meta_verify_token: str = ""
    webhook_secret: str = ""
    payment_links_url: str = ""
    adyen_hmac_keys: str = ""
    letter_folder: str = ""
    letterheads_file: str = ""
    channel_rates: str = "SMS=10,WHATSAPP=20"
    mail_folder: str = ""
    clock: str = "system"
    key_file: str = ""
    master_key: str = ""
    kms_url: str = ""
    erased_file: str = ""
    strategies_dir: str = ""
    templates_dir: str = ""
    creditors_file: str = ""
    rules_dir: str = ""
    agreements_dir: str = ""
    laws_dir: str = ""
    readings: str = ""
    seal_key_file: str = ""
    log_name: str = "escalera.invalid/log"
    public_log_folder: str = ""
    seal_seconds: int = 60
    digest_seconds: int = 3600
    wal_archive_folder: str = ""
    otlp_endpoint: str = ""
    log_level: str = "INFO"
    workflows_kept: int = 1_000
    steps_at_once: int = 32

    @classmethod
    def from_env(cls, environment: Mapping[str, str] | None = None) -> Self:
        """Read the settings from `environment` (the process's own if not given); raise `SettingInvalid`."""
        env = os.environ if environment is None else environment
        default = cls()

        def text(name: str, *others: str) -> str:
            for variable in (f"ESCALERA_{name.upper()}", *others):
                if env.get(variable):
                    return env[variable]
            return str(getattr(default, name))

        def count(name: str) -> int:
            value = text(name)
            if not value.isdecimal() or int(value) < 1:
                raise SettingInvalid(f"ESCALERA_{name.upper()} must be a positive whole number, not {value!r}")
            return int(value)

        values: dict[str, Any] = {
            each.name: count(each.name) if each.type is int else text(each.name, *TAKEN_TOO.get(each.name, ()))
            for each in fields(cls)
        }
        values["log_level"] = values["log_level"].upper()
        for name, (pattern, must) in LIKE.items():
            if values[name] and not pattern.fullmatch(values[name]):
                told = "" if name in SECRETS else f", not {values[name]!r}"
                raise SettingInvalid(f"ESCALERA_{name.upper()} must be {must}{told}")
        for ours in ("TLS", "TEMPORAL_TLS"):
            if bool(values[f"{ours.lower()}_certificate_file"]) != bool(values[f"{ours.lower()}_key_file"]):
                raise SettingInvalid(f"ESCALERA_{ours}_CERTIFICATE_FILE and ESCALERA_{ours}_KEY_FILE go together")
        if values["temporal_api_key"] and values["temporal_api_key_file"]:
            raise SettingInvalid("ESCALERA_TEMPORAL_API_KEY and ESCALERA_TEMPORAL_API_KEY_FILE are one too many")
        if values["tls_client_ca_file"] and not values["tls_certificate_file"]:
            raise SettingInvalid("ESCALERA_TLS_CLIENT_CA_FILE needs ESCALERA_TLS_CERTIFICATE_FILE")
        values["public_url"] = values["public_url"].rstrip("/")
        return cls(**values)

    def __repr__(self) -> str:
        """Show no values: secrets are among them."""
        return "Settings(...)"

    def required(self, name: str) -> str:
        """Return the setting `name`; raise `SettingInvalid` where it is empty and the process cannot do without."""
        value = str(getattr(self, name))
        if not value:
            raise SettingInvalid(f"ESCALERA_{name.upper()} must be set")
        return value
