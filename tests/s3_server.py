"""An S3 server on this machine, by moto."""

from collections.abc import Iterator
from importlib.util import find_spec

import pytest

BUCKET = "data"
NEEDED = ("moto", "flask", "s3fs")


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Run a server with one bucket, known by the environment; yield the bucket's URL."""
    missing = [name for name in NEEDED if not find_spec(name)]
    if missing:
        pytest.skip(f"needs {missing[0]}: pip install 'isogloss[dev]'")
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    for name, value in {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "ann",
        "AWS_SECRET_ACCESS_KEY": "s3cret",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    import s3fs

    s3fs.S3FileSystem.clear_instance_cache()
    s3fs.S3FileSystem().mkdir(BUCKET)
    yield f"s3://{BUCKET}"
    s3fs.S3FileSystem().rm(BUCKET, recursive=True)  # moto's servers of a process share what they hold
    s3fs.S3FileSystem.clear_instance_cache()
    server.stop()
