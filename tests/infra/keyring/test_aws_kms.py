"""Master keys under a key of AWS KMS: the wire as it is documented, its troubles, and a rotation."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from infra.aws_signature import Credentials, Request, signed
from infra.event_store import open_store
from infra.keyring import FileLedger
from infra.keyring.aws_kms import AwsKms
from infra.keyring.kms import KmsFile, KmsRefused, KmsUnavailable
from infra.settings import SettingInvalid, Settings
from tests.counterparts.aws_kms import CREDENTIALS, FakeKms, Refused, serving
from tests.infra.keyring.test_rotation import all_read, people
from workers.log import master_source

AT = datetime(2026, 11, 22, 10, 15, 30, tzinfo=UTC)
ASKED = Request(
    method="POST",
    path="/",
    query="",
    headers={
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Target": "TrentService.Decrypt",
        "Host": "kms.sa-east-1.amazonaws.com",
    },
    body=b'{"KeyId": "alias/escalera"}',
)


@pytest.fixture
def kms() -> Iterator[FakeKms]:
    with serving() as fake:
        yield fake


def client(kms: FakeKms) -> AwsKms:
    return AwsKms(kms.url, pause=lambda _: None)


def test_the_example_of_the_documentation_is_signed_as_it_says() -> None:
    listing = Request(
        method="GET",
        path="/",
        query="Action=ListUsers&Version=2010-05-08",
        headers={"Content-Type": "application/x-www-form-urlencoded; charset=utf-8", "Host": "iam.amazonaws.com"},
        body=b"",
    )

    told = signed(listing, CREDENTIALS, region="us-east-1", service="iam", at=datetime(2015, 8, 30, 12, 36, tzinfo=UTC))

    assert told["Authorization"] == (
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, "
        "SignedHeaders=content-type;host;x-amz-date, "
        "Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"
    )


@pytest.mark.parametrize(
    ("token", "signature"),  # as botocore 1.44.5 signs the same request
    [
        ("", "060e032625b8439104f5098fc2c43b5e6a29773bfc9171f6c67cf2494de7ddb4"),
        ("session/token==", "5ea2941e9f2157bc195c9c8daf33f2da4d0dd212d16fcfed20784a39f5d3e0a2"),
    ],
)
def test_a_request_is_signed_as_amazons_own_library_signs_it(token: str, signature: str) -> None:
    who = Credentials(CREDENTIALS.access_key, CREDENTIALS.secret_key, token)

    told = signed(ASKED, who, region="sa-east-1", service="kms", at=AT)

    assert told["Authorization"].endswith(f"Signature={signature}")
    assert told.get("X-Amz-Security-Token", "") == token


def test_a_key_that_was_made_there_is_opened_there(kms: FakeKms) -> None:
    key, sealed = client(kms).data_key()

    assert client(kms).opened(sealed) == key
    assert key not in sealed
    assert kms.calls == ["GenerateDataKey", "Decrypt"]


def test_what_the_service_refuses_is_refused_by_its_name_and_no_more(kms: FakeKms) -> None:
    _, sealed = client(kms).data_key()
    with pytest.raises(KmsRefused, match=r"^InvalidCiphertextException$"):
        client(kms).opened(sealed[:-1])
    kms.enabled = False
    with pytest.raises(KmsRefused, match=r"^DisabledException$"):
        client(kms).opened(sealed)
    with pytest.raises(KmsRefused, match=r"^IncompleteSignatureException$"):
        AwsKms(kms.url.replace("AKIDEXAMPLE", "AKIDOTHER")).data_key()


@pytest.mark.parametrize(
    "trouble", [Refused("ThrottlingException"), Refused("KMSInternalException", 500), Refused("", 503)]
)
def test_what_may_pass_is_tried_again_and_given_up_in_the_end(kms: FakeKms, trouble: Refused) -> None:
    kms.moods = [trouble] * 3
    key, _ = client(kms).data_key()
    assert len(key) == 32

    kms.moods = [trouble] * 4
    with pytest.raises(KmsUnavailable):
        client(kms).data_key()


def test_nobody_there_is_said_as_that() -> None:
    with serving() as gone:
        url = gone.url

    with pytest.raises(KmsUnavailable, match="ConnectError"):
        AwsKms(url, pause=lambda _: None).data_key()


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://kms.sa-east-1.amazonaws.com/?key=k",
        "aws-kms+https://kms.sa-east-1.amazonaws.com/?key=k",  # nobody's
        "aws-kms+https://A:S@kms.sa-east-1.amazonaws.com/",  # which key?
        "aws-kms+https://A:S@kms.example.com/?key=k",  # which region?
        "aws-kms+http://A:S@kms.sa-east-1.amazonaws.com/?key=k",  # for everybody to read
    ],
)
def test_a_setting_that_cannot_be_used_is_refused_without_repeating_it(url: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"aws-kms\+https://ACCESS_KEY:SECRET_KEY@"):
        AwsKms(url)
    if url:
        with pytest.raises(SettingInvalid, match="ESCALERA_KMS_URL") as refused:
            master_source(Settings(key_file=str(tmp_path / "k"), kms_url=url))
        assert "A:S" not in str(refused.value)


async def test_file_and_database_together_are_nothing_without_the_service(
    fresh_dsn: str, kms: FakeKms, tmp_path: Path
) -> None:
    key, ledger = tmp_path / "master", FileLedger(tmp_path / "erased")
    async with open_store(fresh_dsn, KmsFile(key, client(kms)), ledger) as store:
        found = await people(store, 30)
        kms.calls.clear()
        assert await all_read(store, found)
        assert kms.calls == []  # it is asked at the start, and for nobody in particular
    assert key.stat().st_mode & 0o777 == 0o600
    async with open_store(fresh_dsn, KmsFile(key, client(kms)), ledger) as store:
        assert await all_read(store, found)
        assert kms.calls == ["Decrypt"]

    kms.enabled = False
    with pytest.raises(KmsRefused):
        async with open_store(fresh_dsn, KmsFile(key, client(kms)), ledger):
            pass


def test_a_file_of_plain_keys_is_not_taken_for_a_sealed_one(kms: FakeKms, tmp_path: Path) -> None:
    (tmp_path / "master").write_bytes(bytes(32))
    (tmp_path / "master").chmod(0o600)

    with pytest.raises(ValueError, match="sealed"):
        KmsFile(tmp_path / "master", client(kms)).read()
