from pathlib import Path
from tests.infra.evidence.bundles import Made, run


def test_x(made: Made, tmp_path: Path) -> None:
    Path("/tmp/a2/c.zip").write_bytes(made.archive)
    Path("/tmp/a2/p.zip").write_bytes(made.personal)
    (tmp_path / "verify.py").write_bytes(made.files["verify.py"])
    (tmp_path / "c.zip").write_bytes(made.archive)
    r = run("verify.py", "c.zip", "--key", made.key, "--public", str(made.public), "--list", folder=tmp_path)
    print(r.stdout, r.stderr)
    assert r.returncode == 0
